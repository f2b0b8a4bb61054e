//! How what several places say of a setting is joined: the command line, a configuration file, and
//! what that extends.

use super::settings::{PerPathIgnore, RuleIgnore, SeverityChoice};
use super::word::Word;

/// What two places say, of which one is nearer.
pub(crate) trait Merge {
    /// Returns what this says, and where it says nothing what `base` does; or both, where values
    /// add up.
    #[must_use]
    fn over(self, base: Self) -> Self;
}

impl<T> Merge for Option<T> {
    fn over(self, base: Self) -> Self {
        self.or(base)
    }
}

/// What is said more than once, and holds together.
trait Additive {}

impl<T> Additive for Word<T> {}
impl Additive for RuleIgnore {}
impl Additive for PerPathIgnore {}

impl<T: Additive> Merge for Vec<T> {
    fn over(mut self, base: Self) -> Self {
        self.extend(base);
        self
    }
}

impl Merge for Vec<SeverityChoice> {
    /// Of two choices for the same rules the later one holds.
    fn over(self, mut base: Self) -> Self {
        base.extend(self);
        base
    }
}

/// Declares a struct of settings: its fields are all there is to write.
macro_rules! settings {
    (
        $(#[$of:meta])*
        pub struct $Name:ident {
            $($(#[$at:meta])* pub $field:ident: $Type:ty,)*
        }
    ) => {
        $(#[$of])*
        pub struct $Name {
            $($(#[$at])* pub $field: $Type,)*
        }

        impl $crate::cli::config::merge::Merge for $Name {
            fn over(self, base: Self) -> Self {
                use $crate::cli::config::merge::Merge;
                $Name { $($field: Merge::over(self.$field, base.$field),)* }
            }
        }

        impl $Name {
            /// Every setting and its key, in the order of their declaration.
            pub(crate) fn each(&self) -> Vec<(String, &dyn $crate::cli::config::values::Setting)> {
                vec![$((stringify!($field).replace('_', "-"), &self.$field as _),)*]
            }

            /// Tells every setting the file that it stands in.
            pub(crate) fn stand_in(&mut self, file: &std::path::Path) {
                use $crate::cli::config::values::Setting;
                $(Setting::stand_in(&mut self.$field, file);)*
            }
        }
    };
}

pub(super) use settings;
