//! Frames read to their end, beside decoders that do the same.

use std::error::Error;
use std::fs;
use std::path::Path;

use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use sensortree_core::names::SensorKind;
use sensortree_core::sketch::{fitting_metadata, pack_lzf};

/// How many different frames there are, and how often each is written.
const DIFFERENT: usize = 8;
const TIMES: usize = 16;

const WIDTH: u16 = 1920;
const HEIGHT: u16 = 1080;

/// Beams, and points of each.
const ROWS: usize = 64;
const COLUMNS: usize = 1024;

/// What a tree of such frames is for.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    Images,
    Clouds,
}

/// Writes one sensor's frames into a new folder, over so many scenes.
pub(crate) fn write(folder: &Path, kind: Kind, scenes: usize) -> Result<(), Box<dyn Error>> {
    let sensor = match kind {
        Kind::Images => SensorKind::Camera,
        Kind::Clouds => SensorKind::Lidar,
    };
    let frames: Vec<Vec<u8>> = (0..DIFFERENT)
        .map(|number| match kind {
            Kind::Images => image(number),
            Kind::Clouds => Ok(cloud(number)),
        })
        .collect::<Result<_, _>>()?;
    let each = (DIFFERENT * TIMES).div_ceil(scenes);
    for number in 0..DIFFERENT * TIMES {
        let scene = folder.join(format!("{}0/scene_{:02}", sensor.prefix(), number / each));
        fs::create_dir_all(&scene)?;
        let name = format!("{}.{}", 1_681_532_060_061 + 100 * number, sensor.suffix());
        fs::write(scene.join(name), &frames[number % DIFFERENT])?;
    }
    let names = |of: SensorKind| if of == sensor { vec!["0".to_owned()] } else { Vec::new() };
    let metadata = fitting_metadata(&names(SensorKind::Lidar), &names(SensorKind::Camera));
    Ok(fs::write(folder.join("metadata.json"), metadata)?)
}

/// A picture with soft parts, edges and the noise of a sensor, as a camera writes it.
fn image(number: usize) -> Result<Vec<u8>, Box<dyn Error>> {
    let (width, height) = (usize::from(WIDTH), usize::from(HEIGHT));
    let mut pixels = Vec::with_capacity(width * height * 3);
    let mut noise = 1_u32 + u32::try_from(number)?;
    for row in 0..height {
        for column in 0..width {
            noise ^= noise << 13;
            noise ^= noise >> 17;
            noise ^= noise << 5;
            let edge = if (row / 97 + column / 131 + number).is_multiple_of(3) { 60 } else { 0 };
            for channel in 0..3 {
                let soft = (row * (channel + 1) / 12 + column / 9) % 140;
                let [grain, ..] = noise.to_le_bytes();
                pixels.push(u8::try_from(soft + edge)? + grain % 16);
            }
        }
    }
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, 85);
    encoder.set_sampling_factor(SamplingFactor::F_2_2);
    encoder.encode(&pixels, WIDTH, HEIGHT, ColorType::Rgb)?;
    Ok(bytes)
}

/// An organised cloud of a ring, compressed.
fn cloud(number: usize) -> Vec<u8> {
    let points = ROWS * COLUMNS;
    let field = |value: &dyn Fn(f32, f32) -> f32| -> Vec<u8> {
        let places = (0..ROWS).flat_map(|row| (0..COLUMNS).map(move |column| (row, column)));
        places
            .flat_map(|(row, column)| {
                let angle = column as f32 / COLUMNS as f32 * std::f32::consts::TAU;
                value(angle, row as f32 + number as f32).to_le_bytes()
            })
            .collect()
    };
    let data = [
        field(&|angle, row| (10.0 + row / 4.0) * angle.cos()),
        field(&|angle, row| (10.0 + row / 4.0) * angle.sin()),
        field(&|_, row| row / 20.0 - 1.7),
        field(&|angle, _| (angle * 9.0).floor()),
    ]
    .concat();
    let packed = pack_lzf(&data);
    let length = |bytes: usize| u32::try_from(bytes).unwrap_or(u32::MAX).to_le_bytes();
    let header = format!(
        "# .PCD v0.7 - Point Cloud Data file format\nVERSION 0.7\nFIELDS x y z intensity\n\
         SIZE 4 4 4 4\nTYPE F F F F\nCOUNT 1 1 1 1\nWIDTH {COLUMNS}\nHEIGHT {ROWS}\n\
         VIEWPOINT 0 0 0 1 0 0 0\nPOINTS {points}\nDATA binary_compressed\n"
    );
    [header.as_bytes(), &length(packed.len()), &length(data.len()), &packed].concat()
}
