//! 世帯の画面の部分: one line for each, in the order of their keys.

use crate::room::Section;
use crate::state::Office;
use crate::{assessment, collection, eligibility, linkage};

/// What each digit opens. The last has a letter of its own.
pub const SECTIONS: [&Section; 8] = [
    &eligibility::OVERVIEW,
    &eligibility::PEOPLE,
    &assessment::PREMIUM,
    &collection::COLLECTION,
    &linkage::INQUIRIES,
    &eligibility::PAPERS,
    &eligibility::HISTORY,
    &eligibility::NOTIFICATION,
];

/// Those that somebody may see.
pub fn of(office: Office) -> Vec<&'static Section> {
    let Some(session) = office.session() else {
        return Vec::new();
    };
    let all = SECTIONS.into_iter();
    all.filter(|section| section.seen_by.holds(&session))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::SECTIONS;

    #[test]
    fn each_section_has_an_address_of_its_own() {
        for (place, section) in SECTIONS.iter().enumerate() {
            let same = SECTIONS.iter().filter(|other| other.key == section.key);
            assert_eq!(same.count(), 1, "{place}: {}", section.key);
        }
    }
}
