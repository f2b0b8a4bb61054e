//! The images that are changed, by a real encoder.

use std::cell::OnceCell;

use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use sensortree_probe::Format;

use super::readers::{Answer, Readers};

/// Numbers that are the same in every run (SplitMix64).
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Dice(seed)
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ mixed >> 31
    }

    pub(super) fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }
}

pub(super) struct Image {
    pub(super) name: String,
    pub(super) bytes: Vec<u8>,
    answers: OnceCell<Vec<Answer>>,
}

impl Image {
    /// What each reader makes of it unchanged.
    pub(super) fn answers(&self, readers: &mut Readers) -> Vec<Answer> {
        self.answers.get_or_init(|| readers.read(&self.bytes)).clone()
    }
}

/// A picture with soft parts and sharp ones.
fn pixels(width: usize, height: usize, channels: usize) -> Vec<u8> {
    let mut dice = Dice::new(7);
    let mut pixels = Vec::new();
    for row in 0..height {
        for column in 0..width {
            let noise = dice.below(24);
            let edge = if (row / 13 + column / 17) % 3 == 0 { 70 } else { 0 };
            for channel in 0..channels {
                let soft = (row * (channel + 1) + column * 2) % 120;
                pixels.push((soft + noise + edge) as u8);
            }
        }
    }
    pixels
}

/// Images of each kind of coding, and where it is wanted those of a folder of real ones, if it is
/// there.
pub(super) fn all(with_real: bool) -> Vec<Image> {
    let image =
        |name: &str, bytes| Image { name: name.to_owned(), bytes, answers: OnceCell::new() };
    let encode = |name: &str,
                  width: u16,
                  height: u16,
                  colour: ColorType,
                  set: &dyn Fn(&mut Encoder<&mut Vec<u8>>)| {
        let channels = if matches!(colour, ColorType::Luma) { 1 } else { 3 };
        let mut bytes = Vec::new();
        let mut encoder = Encoder::new(&mut bytes, 85);
        set(&mut encoder);
        let pixels = pixels(width.into(), height.into(), channels);
        encoder.encode(&pixels, width, height, colour).unwrap();
        image(name, bytes)
    };
    let rgb = ColorType::Rgb;
    let halved = SamplingFactor::F_2_2;
    let mut images = vec![
        encode("plain", 150, 90, rgb, &|_| {}),
        encode("halved", 150, 90, rgb, &|encoder| encoder.set_sampling_factor(halved)),
        encode("grey", 70, 130, ColorType::Luma, &|_| {}),
        encode("fitted codes", 150, 90, rgb, &|encoder| encoder.set_optimized_huffman_tables(true)),
        encode("restarts", 150, 90, rgb, &|encoder| {
            encoder.set_sampling_factor(halved);
            encoder.set_restart_interval(4);
        }),
        encode("progressive", 150, 90, rgb, &|encoder| encoder.set_progressive(true)),
        encode("progressive, halved", 150, 90, rgb, &|encoder| {
            encoder.set_progressive(true);
            encoder.set_sampling_factor(halved);
        }),
    ];
    if with_real {
        // Some are progressive with refinements.
        let real = super::corpus("jpeg", Format::Jpeg);
        images.extend(real.iter().map(|(name, bytes)| image(name, bytes.clone())));
    }
    images
}
