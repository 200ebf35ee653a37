//! 居所の保護 (支援措置): the one rule of who may be shown where somebody lives.
//!
//! A place belongs to a person. Guarded is where anybody lives now who shares a household with somebody
//! under a measure, whoever's row holds that place, and every place of a household to which somebody under a
//! measure belongs or belonged. The views `guarded_place` and `guarded_household` say which those are; the
//! places are compared in the spelling of `kokuho_shared::text::fold_place`.
//!
//! Every statement that reads a place asks one of these two; a page hides what it says.

/// SQL: whether a household (by the id in a column) or a place (its folded spelling) is guarded.
#[macro_export]
macro_rules! guarded {
    (household $household:literal) => {
        concat!(
            "EXISTS (SELECT 1 FROM guarded_household gh WHERE gh.household_id = ",
            $household,
            ")"
        )
    };
    (place $place:literal) => {
        concat!("EXISTS (SELECT 1 FROM guarded_place gp WHERE gp.place = ", $place, ")")
    };
    (both $household:literal, $place:literal) => {
        concat!(
            "(",
            $crate::guarded!(household $household),
            " OR ",
            $crate::guarded!(place $place),
            ")"
        )
    };
}

/// The same for many rows: what is guarded is gathered once for the whole statement.
#[macro_export]
macro_rules! guarded_all {
    (household $household:literal) => {
        concat!($household, " IN (SELECT gh.household_id FROM guarded_household gh)")
    };
    (place $place:literal) => {
        concat!($place, " IN (SELECT gp.place FROM guarded_place gp)")
    };
    (both $household:literal, $place:literal) => {
        concat!(
            "(",
            $crate::guarded_all!(household $household),
            " OR ",
            $crate::guarded_all!(place $place),
            ")"
        )
    };
}
