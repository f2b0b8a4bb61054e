//! The flags of `fix` that choose how frames are paired.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::Args;
use sensortree_report::escape::visible_path;

/// How frames are paired.
#[derive(Clone, Debug, Default, Args)]
pub struct PairingArguments {
    /// How the frames of sensors that stand apart are paired
    ///
    /// By their `offset`, as their clocks were fitted, by the `nearest` stamps, in their `order`
    /// where stamps are lost, or by a `table=FILE` of `sensor,scene,name,to`.
    #[arg(long, value_name = "WAY", help_heading = "Repairs")]
    pub pair: Option<Way>,

    /// Take the times of frames from FILE
    ///
    /// A `.csv` of `sensor,scene,name,time`, or one time a line for the frames of FOLDER, by
    /// default the one that FILE stands in; may be given several times.
    #[arg(long, value_name = "[FOLDER=]FILE", help_heading = "Repairs")]
    pub times: Vec<OsString>,

    /// Also moves far beyond what a sensor's clock says
    ///
    /// Moves of a frame by more than half a step.
    #[arg(long, help_heading = "Repairs")]
    pub far: bool,

    /// Take out the frames that are then not in all sensors
    #[arg(long, help_heading = "Repairs")]
    pub drop_incomplete: bool,
}

/// A way to pair frames.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    /// By the clocks as fitted.
    Offset,
    /// By the nearest stamps.
    Nearest,
    /// In their order.
    Order,
    /// As a table has it.
    Table(PathBuf),
}

impl FromStr for Way {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "offset" => Ok(Way::Offset),
            "nearest" => Ok(Way::Nearest),
            "order" => Ok(Way::Order),
            _ => match text.strip_prefix("table=").filter(|file| !file.is_empty()) {
                Some(file) => Ok(Way::Table(file.into())),
                None => Err("expected `offset`, `nearest`, `order` or `table=FILE`".to_owned()),
            },
        }
    }
}

impl PairingArguments {
    /// The flags by which the same plan is made again, with a space before each.
    pub(super) fn flags(&self) -> String {
        let mut flags = String::new();
        if let Some(way) = &self.pair {
            let way = match way {
                Way::Offset => "offset".to_owned(),
                Way::Nearest => "nearest".to_owned(),
                Way::Order => "order".to_owned(),
                Way::Table(file) => format!("table={}", shown(file)),
            };
            flags.push_str(&format!(" --pair {way}"));
        }
        for times in &self.times {
            flags.push_str(&format!(" --times {}", shown(Path::new(times))));
        }
        for (name, is_set) in [("far", self.far), ("drop-incomplete", self.drop_incomplete)] {
            if is_set {
                flags.push_str(&format!(" --{name}"));
            }
        }
        flags
    }
}

fn shown(path: &Path) -> String {
    visible_path(path.as_os_str().as_encoded_bytes())
}
