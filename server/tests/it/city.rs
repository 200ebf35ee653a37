//! A city of one household: the published example of 泉佐野市, as the three files.

use kokuho_shared::api::import::FileKind;

pub const RESIDENTS: &str = "\
宛名番号,世帯番号,世帯主区分,続柄,氏名,氏名カナ,生年月日,性別,郵便番号,住所,行政区,住民日,消除日
1000000001,2000000001,1,世帯主,見辺　一郎,ミペ　イチロウ,1981-04-02,1,598-0001,泉佐野市上瓦屋１,,1990-04-01,
1000000002,2000000001,0,妻,見辺　二子,ミペ　ニコ,1985-04-02,2,598-0001,泉佐野市上瓦屋１,,2008-05-01,
1000000003,2000000001,0,子,見辺　三太,ミペ　サンタ,2011-04-02,1,598-0001,泉佐野市上瓦屋１,,2011-04-02,
#合計,3,1
";

pub const INCOMES: &str = "\
宛名番号,所得年,申告区分,給与収入,給与所得,年金収入,年金所得,その他所得,合計所得,譲渡特別控除,雑損失,専従者控除,専従者給与
1000000001,2025,1,4500000,3160000,,0,0,3160000,0,0,0,0
1000000002,2025,1,,0,,0,0,0,0,0,0,0
#合計,2,3160000
";

pub const ELIGIBILITY: &str = "\
保険者番号,被保険者番号,枝番,世帯番号,宛名番号,世帯主宛名番号,資格取得日,取得事由,資格喪失日,喪失事由
00279992,12345678,01,2000000001,1000000001,1000000001,2020-04-01,12,,
00279992,12345678,02,2000000001,1000000002,1000000001,2020-04-01,12,,
00279992,12345678,03,2000000001,1000000003,1000000001,2020-04-01,12,,
#合計,3,3
";

/// The residents' file with the same 世帯異動日 in every line.
pub fn since(residents: &str, day: &str) -> String {
    let line = |line: &str| match line {
        control if control.starts_with('#') => format!("{control}\n"),
        header if header.starts_with('宛') => format!("{header},世帯異動日\n"),
        person => format!("{person},{day}\n"),
    };
    residents.lines().map(line).collect()
}

/// One of them.
pub fn file_of(kind: FileKind) -> String {
    let [residents, incomes, eligibility] = files().map(|(_, text)| text);
    match kind {
        FileKind::Residents => residents,
        FileKind::Incomes => incomes,
        FileKind::Eligibility => eligibility,
    }
}

pub fn files() -> [(FileKind, String); 3] {
    let check = kokuho_shared::identity::insurer_check_digit(&[0, 0, 2, 7, 9, 9, 9]);
    let eligibility = ELIGIBILITY.replace("00279992", &format!("0027999{check}"));
    [
        (FileKind::Residents, RESIDENTS.into()),
        (FileKind::Incomes, INCOMES.into()),
        (FileKind::Eligibility, eligibility),
    ]
}
