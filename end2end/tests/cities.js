// Published households as the three files of a city.
const residents = (rows) =>
  `宛名番号,世帯番号,世帯主区分,続柄,氏名,氏名カナ,生年月日,性別,郵便番号,住所,行政区,住民日,消除日\n${rows
    .map(({ number, head, relation, name, kana, birth }) =>
      `${number},2000000001,${head ? 1 : 0},${relation},${name},${kana},${birth},1,598-0001,上瓦屋１,,1990-04-01,`)
    .join("\n")}\n#合計,${rows.length},1\n`;

const incomes = (rows) => {
  const known = rows.filter((row) => row.salary !== undefined);
  const sum = known.reduce((total, row) => total + row.income, 0);
  return `宛名番号,所得年,申告区分,給与収入,給与所得,年金収入,年金所得,その他所得,合計所得,譲渡特別控除,雑損失,専従者控除,専従者給与\n${known
    .map(({ number, salary, income }) => `${number},2025,1,${salary || ""},${income},,0,0,${income},0,0,0,0`)
    .join("\n")}\n#合計,${known.length},${sum}\n`;
};

/** 検証番号 of a 保険者番号 of seven digits: weights 2 and 1 from the right, digit sums added. */
function insurerNumber(seven) {
  const digits = [...seven].map(Number).reverse();
  const sum = digits.reduce((total, digit, place) => {
    const product = digit * (place % 2 === 0 ? 2 : 1);
    return total + Math.floor(product / 10) + (product % 10);
  }, 0);
  return `${seven}${(10 - (sum % 10)) % 10}`;
}

const eligibility = (rows) =>
  `保険者番号,被保険者番号,枝番,世帯番号,宛名番号,世帯主宛名番号,資格取得日,取得事由,資格喪失日,喪失事由\n${rows
    .map(({ number }, place) =>
      `${insurerNumber("0027999")},12345678,0${place + 1},2000000001,${number},${rows[0].number},2020-04-01,12,,`)
    .join("\n")}\n#合計,${rows.length},${rows.length}\n`;

function city(rows) {
  return { residents: residents(rows), incomes: incomes(rows), eligibility: eligibility(rows) };
}

/** 泉佐野市 令和8年度 計算例: 645,854 yen. */
export const IZUMISANO = city([
  { number: "1000000001", head: true, relation: "世帯主", name: "見辺　一郎", kana: "ミベ　イチロウ", birth: "1981-04-02", salary: 4_500_000, income: 3_160_000 },
  { number: "1000000002", relation: "妻", name: "見辺　二子", kana: "ミベ　ニコ", birth: "1985-04-02", salary: 0, income: 0 },
  { number: "1000000003", relation: "子", name: "見辺　三太", kana: "ミベ　サンタ", birth: "2011-04-02" },
]);

/** 新宿区 令和8年度 計算例1: 190,859 yen. */
export const SHINJUKU = city([
  { number: "1000000001", head: true, relation: "世帯主", name: "見辺　一人", kana: "ミベ　ヒトリ", birth: "2006-04-02", salary: 2_400_000, income: 1_600_000 },
]);
