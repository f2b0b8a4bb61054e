//! Writes a dataset tree, good or with a single known fault.

use std::error::Error;
use std::path::PathBuf;

use clap::Parser;
use sensortree_core::names::SensorKind;
use sensortree_treegen::{Content, Fault, Plan, Unit, materialise, write};

/// Writes a dataset tree, good or with a single known fault
#[derive(Parser)]
struct Arguments {
    /// A new or empty folder
    destination: PathBuf,
    /// How many LiDARs
    #[arg(long, default_value_t = 1)]
    lidars: u32,
    /// How many cameras
    #[arg(long, default_value_t = 2)]
    cameras: u32,
    /// How many scenes
    #[arg(long, default_value_t = 3)]
    scenes: u32,
    /// How many frames in each sensor and scene
    #[arg(long, default_value_t = 20)]
    frames: u32,
    /// What chance follows from
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// The first timestamp, in milliseconds
    #[arg(long, default_value_t = 1_681_532_060_061)]
    start: i64,
    /// From one frame to the next, in milliseconds
    #[arg(long, default_value_t = 100)]
    period: i64,
    /// The unit of all timestamps: s, ms, us or ns
    #[arg(long, default_value = "ms", value_parser = unit)]
    unit: Unit,
    /// How far timestamps may lie off to either side, in milliseconds
    #[arg(long, default_value_t = 0)]
    jitter: i64,
    /// How many of a million frames are lost
    #[arg(long, default_value_t = 0)]
    lost_per_million: u64,
    /// How far the first camera's clock is ahead, in milliseconds
    #[arg(long, default_value_t = 0, allow_negative_numbers = true)]
    camera_offset: i64,
    /// How many frames cameras take where LiDARs take one
    #[arg(long, default_value_t = 1)]
    camera_rate: u32,
    /// Write frames of this many zero bytes, which take no room, for the smallest real ones
    #[arg(long)]
    sparse: Option<u64>,
    /// Make one thing wrong, named by the code of the rule that finds it
    #[arg(long, value_parser = fault)]
    fault: Option<Fault>,
}

fn unit(word: &str) -> Result<Unit, String> {
    match word {
        "s" => Ok(Unit::Seconds),
        "ms" => Ok(Unit::Milliseconds),
        "us" => Ok(Unit::Microseconds),
        "ns" => Ok(Unit::Nanoseconds),
        _ => Err("one of s, ms, us, ns".to_owned()),
    }
}

fn fault(code: &str) -> Result<Fault, String> {
    Fault::find(code).ok_or_else(|| {
        let codes: Vec<&str> = Fault::ALL.iter().map(|fault| fault.code()).collect();
        format!("one of {}", codes.join(" "))
    })
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    let milliseconds =
        |value: i64| value.checked_mul(1_000_000).ok_or("so many milliseconds do not fit");
    let Arguments { lidars, cameras, scenes, frames, seed, .. } = arguments;
    let mut plan = Plan {
        seed,
        start_ns: milliseconds(arguments.start)?,
        period_ns: milliseconds(arguments.period)?,
        ..Plan::new(lidars, cameras, scenes, frames)
    };
    for sensor in &mut plan.sensors {
        sensor.unit = arguments.unit;
        sensor.jitter_ns = milliseconds(arguments.jitter)?;
        sensor.lost_per_million = arguments.lost_per_million;
    }
    for camera in plan.sensors_mut(SensorKind::Camera) {
        camera.rate = arguments.camera_rate;
    }
    if let Some(camera) = plan.sensors_mut(SensorKind::Camera).next() {
        camera.offset_ns = milliseconds(arguments.camera_offset)?;
    }
    match (arguments.fault, arguments.sparse) {
        (Some(fault), _) => materialise(&fault.plant(&plan), &arguments.destination)?,
        (None, Some(bytes)) => write(&plan, Content::Sparse(bytes), &arguments.destination)?,
        (None, None) => write(&plan, Content::Real, &arguments.destination)?,
    }
    Ok(())
}
