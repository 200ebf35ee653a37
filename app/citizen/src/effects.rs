//! What an event of a life changes, and why, in sentences.

use crate::form::Outcome;
use crate::words::nth;
use kokuho_shared::assessment::sheet::Sheet;
use kokuho_shared::assessment::sheet::events::LifeEvent;
use kokuho_shared::money::Yen;
use kokuho_ui::format;
use kokuho_ui::i18n::Lang;
use kokuho_ui::refusal;

/// The premium of an outcome, or why there is none.
fn total(of: Outcome, lang: Lang) -> Result<Yen, String> {
    match of {
        Outcome::Assessed(known) => Ok(known.premium.total),
        Outcome::Elderly => Ok(Yen::ZERO),
        Outcome::TownMissing => Err(String::new()),
        Outcome::BirthMissing(place) => Err(nth(lang, place + 1)),
        Outcome::NoEffect(place, why) => Err(refusal::circumstance(place, why, lang)),
        Outcome::Refused(why) => Err(refusal::words(&why, lang)),
    }
}

/// Before, after and the difference, and what has to be done for it.
pub fn sentence(without: Outcome, with: Outcome, event: LifeEvent, lang: Lang) -> String {
    let (before, after) = match (total(without, lang), total(with, lang)) {
        (Ok(before), Ok(after)) => (before, after),
        (Err(why), _) | (_, Err(why)) => return why,
    };
    let change = after - before;
    let sign = match (change > Yen::ZERO, lang) {
        (false, _) => "",
        (true, Lang::En) => "+",
        (true, _) => "＋",
    };
    let [was, becomes, change] = [before, after, change].map(|yen| format::yen(yen, lang));
    let aged = matches!(event, LifeEvent::Aged { .. });
    match lang {
        Lang::Ja if aged => {
            format!(
                "なる前の1年は {was}、なった後の1年は {becomes}（{sign}{change}）。届出は要りません。"
            )
        }
        Lang::Ja => format!(
            "この年度は {was} から {becomes} になります（{sign}{change}）。14日以内に市区町村へ届け出てください。"
        ),
        Lang::En if aged => {
            format!(
                "A year before it: {was}, a year after it: {becomes} ({sign}{change}). No notice is needed."
            )
        }
        Lang::En => format!(
            "This year’s premium goes from {was} to {becomes} ({sign}{change}). Tell your municipality within 14 days."
        ),
        Lang::Easy if aged => {
            format!(
                "前の 1年は {was}、後の 1年は {becomes} です（{sign}{change}）。何も しなくて いいです。"
            )
        }
        Lang::Easy => format!(
            "今年度の 保険料は {was} から {becomes} に なります（{sign}{change}）。14日の 中に 市役所へ 行って ください。"
        ),
    }
}

/// Why an event changes the premium, or does not.
pub fn reason(sheet: &Sheet, event: LifeEvent, lang: Lang) -> &'static str {
    let insured = |person: usize| {
        sheet
            .persons
            .get(person)
            .is_some_and(|person| person.insured)
    };
    match event {
        LifeEvent::LostJob { .. } => lang.pick(
            "会社の都合で退職した人は、給与所得を30％として計算するためです。",
            "Whoever loses a job through no wish of their own is charged as if the salary income were 30% of what it was.",
            "会社の 理由で やめた 人は、給料を 100分の30で 計算します。",
        ),
        LifeEvent::LeftJob { person, .. } if insured(person) => lang.pick(
            "この人はもう国民健康保険に加入しているので、退職しても保険料は変わりません。これから入る人は、「世帯の人」で加入のしるしを外してから試してください。",
            "This person is insured here already, so leaving a job changes nothing. For somebody who is going to join, first take the mark “insured” away under “People of the household”.",
            "この 人は もう 国民健康保険に 入っているので、お金は かわりません。",
        ),
        LifeEvent::LeftJob { .. } => lang.pick(
            "退職した日の翌日から国民健康保険に入り、その月から年度末までの分がかかるためです。",
            "Whoever leaves a job is insured here from the day after and charged from that month on.",
            "やめた 次の 日から 国民健康保険に 入って、その 月から 払います。",
        ),
        LifeEvent::TookJob { .. } => lang.pick(
            "会社の健康保険に入ると、その月から国民健康保険料がかからなくなるためです。",
            "From the month in which the employer’s insurance begins nothing is charged here.",
            "会社の 健康保険に 入ると、その 月からは 払いません。",
        ),
        LifeEvent::MovedIn { .. } => lang.pick(
            "転入した月からの分だけがかかるためです。前のまちの分は、前のまちに納めます。",
            "Only the months from the move on are charged here; the earlier ones by the place before.",
            "引っ越した 月から 払います。前の 月の 分は、前の 市や 町に 払います。",
        ),
        LifeEvent::MovedOut { .. } => lang.pick(
            "転出した月の前の月までの分だけがかかるためです。その後は新しいまちで納めます。",
            "Only the months before the move are charged here; the later ones by the new place.",
            "引っ越す 前の 月までを 払います。後は 新しい 市や 町で 払います。",
        ),
        LifeEvent::Married { .. } => lang.pick(
            "加入する人が1人増えて、その人の均等割と所得割が加わるためです。",
            "One person more is insured, who adds a levy per person and one on income.",
            "1人 増えるので、その 人の 分の お金も 払います。",
        ),
        LifeEvent::Born { .. } => lang.pick(
            "出産する人の所得割と均等割が産前産後の4か月分（双子などは6か月分）免除され、生まれた子の均等割が加わるためです。免除には届出が必要です。",
            "Whoever gives birth is free from the levies on income and per person for four months (six with twins), and the child adds a levy per person. It needs a notice.",
            "赤ちゃんを 産む 人は 4か月分（双子は 6か月分）の お金が いりません。赤ちゃんの 分が 増えます。",
        ),
        LifeEvent::Died { .. } => lang.pick(
            "亡くなった翌日に資格がなくなり、その月から後の分がかからないためです。",
            "The insurance ends on the day after, and nothing is charged for this person from that month on.",
            "その 人の 分は、その 月からは 払いません。",
        ),
        LifeEvent::Aged { age, .. } => aged(age, lang),
    }
}

fn aged(age: u32, lang: Lang) -> &'static str {
    match age {
        0..=6 => lang.pick(
            "小学校に上がる前の子の均等割は半分で、それが終わるためです。",
            "The levy per person of children before school is half, and that ends.",
            "小学校に 入る 前の 子は 半分です。それが 終わります。",
        ),
        7..=18 => lang.pick(
            "18歳になる年度までの子には子ども・子育て支援金の均等割がかからず、それが終わるためです。",
            "Children pay no levy per person for children and child-rearing up to the year of turning 18, and that ends.",
            "18歳までの 子は「子どもを 育てる 人を 助ける 分」が 0円です。それが 終わります。",
        ),
        19..=40 => lang.pick(
            "40歳から64歳までの人には介護分がかかるためです。",
            "People of 40 to 64 also pay for long-term care.",
            "40歳から 64歳までの 人は、介護の 分も 払います。",
        ),
        41..=65 => lang.pick(
            "65歳からは介護分がかからなくなるためです。介護保険料は別に納めます。年金の控除も65歳から大きくなります。",
            "From 65 on the part for long-term care ends; it is paid separately. The deduction of pensions grows, too.",
            "65歳から 介護の 分は べつに 払います。",
        ),
        _ => lang.pick(
            "75歳からは後期高齢者医療に移り、国民健康保険料はかからなくなるためです。後期高齢者医療の保険料は別に納めます。",
            "From 75 on the medical insurance for people of 75 and over takes its place; its premium is paid separately.",
            "75歳からは 75歳からの 保険に かわります。その お金は べつに 払います。",
        ),
    }
}
