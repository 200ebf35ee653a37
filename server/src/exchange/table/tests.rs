use super::*;
use crate::exchange::layout::Layout;
use kokuho_shared::api::import::FileKind;
use proptest::prelude::*;

fn layout(kind: FileKind) -> Layout {
    Layout::load(kind, None).unwrap()
}

/// Reads every field of every line in the way of its class.
fn read_all(bytes: &[u8], layout: &Layout) -> Result<Whole, FileError> {
    scan(Source::Bytes(bytes), layout, &mut |row| {
        for field in layout.columns.keys() {
            row.text(field)?;
            if !row.is_blank(field) {
                let _ = (row.digits(field), row.date(field), row.yen(field));
                let _ = (row.year(field, 2025), row.postcode(field));
            }
        }
        Ok(())
    })
}

const HEADER: &str = "宛名番号,世帯番号,世帯主区分,続柄,氏名,氏名カナ,生年月日,性別,郵便番号,住所,行政区,住民日,消除日";

fn one(change: impl Fn(&str, &'static str) -> &'static str) -> String {
    let cells = [
        ("宛名番号", "1000000001"),
        ("世帯番号", "2000000001"),
        ("世帯主区分", "1"),
        ("続柄", "世帯主"),
        ("氏名", "見辺"),
        ("氏名カナ", "ミペ"),
        ("生年月日", "1981-04-02"),
        ("性別", "1"),
        ("郵便番号", "598-0001"),
        ("住所", "大阪市"),
        ("行政区", ""),
        ("住民日", "1990-04-01"),
        ("消除日", ""),
    ];
    let cells: Vec<&str> = cells
        .iter()
        .map(|(name, cell)| change(name, cell))
        .collect();
    format!("{HEADER}\n{}\n#合計,1,1\n", cells.join(","))
}

#[test]
fn a_line_that_is_longer_than_any_right_one_is_refused_before_it_is_kept() {
    let text = format!("{HEADER}\n{}\n#合計,1,1\n", "あ".repeat(40_000));
    let refused = read_all(text.as_bytes(), &layout(FileKind::Residents)).unwrap_err();
    assert_eq!(
        (refused.line, refused.message.as_str()),
        (Some(2), "行が長すぎます")
    );
}

#[test]
fn identifiers_have_the_width_of_the_layout_or_of_the_first_line() {
    let numbers = |layout: &Layout, second: &str| {
        let whole = one(|_, cell| cell);
        let line = whole.lines().nth(1).unwrap();
        let other = line.replacen("1000000001", second, 1);
        let text = format!("{HEADER}\n{line}\n{other}\n#合計,2,1\n");
        scan(Source::Bytes(text.as_bytes()), layout, &mut |row| {
            row.digits("resident_number").map(|_| ())
        })
        .map(|_| ())
    };
    let mut own = layout(FileKind::Residents);
    assert_eq!(numbers(&own, "1000000002"), Ok(()));
    for (second, says) in [
        ("100000002", "10桁ではありません"),
        ("01000000002", "1行目は10桁"),
    ] {
        let refused = numbers(&own, second).unwrap_err();
        let says = says.replace("1行目", "2行目");
        assert!(refused.message.contains(&says), "{refused:?}");
        assert_eq!(refused.line, Some(3));
    }
    own.widths.insert("resident_number".into(), 0);
    assert_eq!(numbers(&own, "7"), Ok(()));
    own.widths.insert("resident_number".into(), 15);
    assert_eq!(numbers(&own, "1000000002").unwrap_err().line, Some(2));
}

#[test]
fn a_year_without_its_era_and_an_era_that_ended_are_read_with_a_warning() {
    let text = one(|name, cell| if name == "住民日" { "H31.5.1" } else { cell });
    let own = layout(FileKind::Residents);
    let whole = scan(Source::Bytes(text.as_bytes()), &own, &mut |row| {
        assert_eq!(row.date("resident_since")?, "2019-05-01".parse().ok());
        Ok(())
    })
    .unwrap();
    assert_eq!(whole.warnings.count, 1);
    assert_eq!(whole.warnings.first[0].column, "住民日");
    assert!(whole.warnings.first[0].message.contains("平成の後"));
}

fn strange() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("\"".to_owned()),
        Just(",".to_owned()),
        Just("\n".to_owned()),
        Just("\r".to_owned()),
        Just("#合計,1,1".to_owned()),
        Just(HEADER.to_owned()),
        Just(one(|_, cell| cell)),
        "[0-9]{1,20}",
        "[SHRTM令和平成昭元年月日/.-]{1,8}",
        ".{0,12}",
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn any_bytes_as_a_file_are_read_or_refused_with_a_reason(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        for kind in FileKind::ALL {
            let told = read_all(&bytes, &layout(kind));
            prop_assert!(told.is_ok() || !told.unwrap_err().message.is_empty());
        }
    }

    #[test]
    fn any_text_around_a_right_file_is_read_or_refused_with_a_reason(text in strange()) {
        let own = layout(FileKind::Residents);
        let told = read_all(text.as_bytes(), &own);
        prop_assert!(told.is_ok() || !told.unwrap_err().message.is_empty());
        let (cp932, ..) = encoding_rs::SHIFT_JIS.encode(&text);
        let _ = read_all(&cp932, &own);
    }

    #[test]
    fn a_field_that_is_taken_in_is_written_with_the_same_bytes_again(name in "[一-龠ァ-ヶー\u{E000}-\u{E757}]{1,12}") {
        let mut own = layout(FileKind::Residents);
        own.user_area = true;
        let told = crate::exchange::codec::write(&own, &["name"], &[vec![name]]).unwrap();
        let mut again = None;
        let mut file = own.clone();
        file.columns.retain(|field, _| field == "name");
        scan(Source::Bytes(&told), &file, &mut |row| {
            again = Some(row.text("name")?.to_owned());
            Ok(())
        }).unwrap();
        let again = crate::exchange::codec::write(&own, &["name"], &[vec![again.unwrap()]]).unwrap();
        prop_assert_eq!(told, again);
    }
}
