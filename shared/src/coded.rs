//! 区分: enums of which each variant has a word that is stored and sent, and a name that people read.

/// Gives an enum the list of its variants and their words; `named`: also the names, each variant's `message`.
macro_rules! coded {
    ($of:ident) => {
        impl $of {
            pub const ALL: [$of; <$of as strum::VariantArray>::VARIANTS.len()] =
                *<$of as strum::VariantArray>::VARIANTS.as_array().unwrap();

            /// The word in the database, in files, in JSON and on the command line; it never changes.
            pub fn key(self) -> &'static str {
                self.into()
            }

            pub fn of_key(key: &str) -> Option<$of> {
                $of::ALL.into_iter().find(|each| each.key() == key)
            }
        }
    };
    ($of:ident, named) => {
        coded!($of);

        impl $of {
            pub fn name(self) -> &'static str {
                // `tests/coded.rs` lets no variant be without a name.
                strum::EnumMessage::get_message(&self).unwrap_or_else(|| self.key())
            }
        }
    };
}
