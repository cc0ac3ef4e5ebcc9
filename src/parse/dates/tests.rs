//! Dates as papers print them, read one by one.

use super::*;

fn context<'a>(zone: &'a TimeZone, language: &'a str) -> DateContext<'a> {
    DateContext {
        now: "2026-03-15T12:00:00Z".parse().expect("a timestamp"),
        visited: "2026-03-15T12:00:00Z".parse().ok(),
        zone,
        language: (!language.is_empty()).then_some(language),
        day_first: None,
    }
}

/// `expected` is `When`'s `Display`, or empty for no date.
fn check_in(language: &str, text: &str, expected: &str) {
    let zone = TimeZone::UTC;
    let ctx = context(&zone, language);
    let parsed = parse_date(text, &ctx).map(|when| when.to_string()).unwrap_or_default();
    assert_eq!(parsed, expected, "parse_date: {text}");
    let found = find_date(&format!("{text} "), &ctx).map(|when| when.to_string());
    assert!(found.is_none_or(|it| it == expected), "find_date agrees: {text}");
}

fn check(text: &str, expected: &str) {
    check_in("", text, expected);
}

fn find(text: &str, expected: &str) {
    let zone = TimeZone::UTC;
    let found = find_date(text, &context(&zone, "")).map(|when| when.to_string()).unwrap_or_default();
    assert_eq!(found, expected, "find_date: {text}");
}

#[test]
fn iso_8601_in_the_spellings_of_the_wild() {
    check("2020-05-01", "2020-05-01");
    check("2020-05-01T10:30:00+03:00", "2020-05-01T10:30:00+03:00");
    check("2020-05-01T10:30:00.123456Z", "2020-05-01T10:30:00+00:00");
    check("2020-05-01 10:30", "2020-05-01T10:30:00+00:00");
    check("2020-05-01T10:30+0300", "2020-05-01T10:30:00+03:00");
    check("20200501T103000Z", "2020-05-01T10:30:00+00:00");
    check("20200501", "2020-05-01");
    check("2020-05-01T10:30:00.000-05:00", "2020-05-01T10:30:00-05:00");
    check("2020-05-01 10:30:00 UTC", "2020-05-01T10:30:00+00:00");
    check("2020-05-01T10:30:00+03:00[Asia/Riyadh]", "2020-05-01T10:30:00+03:00");
    check("2020/05/01 10:30:15", "2020-05-01T10:30:15+00:00");
    check("1570308760", "2019-10-05T20:52:40+00:00");
    check("1436745600000", "2015-07-13T00:00:00+00:00");
    check("2018-04-12 17:20:03.12345678999a", "2018-04-12");
}

#[test]
fn stamps_of_digits_are_dates_by_themselves_only() {
    check("201709011234", "2017-09-01T12:34:00+00:00");
    check("20210820030646", "2021-08-20T03:06:46+00:00");
    check("201713011234", "");
    check("20210820036646", "");
    check("2021082003064", "");
    find("order 20210820030646 of today", "");
}

#[test]
fn mail_and_unix_formats() {
    check("Fri, 06 Feb 2015 17:26:16 +0200", "2015-02-06T17:26:16+02:00");
    check("Fri, 06 Feb 2015 17:26:16 EST", "2015-02-06T17:26:16-05:00");
    check("Sunday, 06-Nov-94 08:49:37 GMT", "1994-11-06T08:49:37+00:00");
    check("Sun Nov  6 08:49:37 1994", "1994-11-06T08:49:37+00:00");
    check("Thu May 14 10:30:00 UTC 2020", "2020-05-14T10:30:00+00:00");
    check("Thu May 14 2020 10:30:00 GMT+0300 (Arabian Standard Time)", "2020-05-14T10:30:00+03:00");
    check("Thu, 01 Jan 04 19:48:21 GMT", "2004-01-01T19:48:21+00:00");
}

#[test]
fn european_languages() {
    check("6 février 2015 à 10h30", "2015-02-06T10:30:00+00:00");
    check("Publié le 1er août 2019 à 8 h 05", "2019-08-01T08:05:00+00:00");
    check("May 3, 2020 at 5:15 pm ET", "2020-05-03T17:15:00-04:00");
    check("Jan. 3rd, 2020, 12:05 a.m.", "2020-01-03T00:05:00+00:00");
    check("Sunday 3rd of May 2020", "2020-05-03");
    check("6. März 2015, 10:30 Uhr", "2015-03-06T10:30:00+00:00");
    check("06.03.15 10.30 Uhr", "2015-03-06T10:30:00+00:00");
    check("6 de marzo de 2015 a las 10:30", "2015-03-06T10:30:00+00:00");
    check("6 marzo 2015, ore 10.30", "2015-03-06T10:30:00+00:00");
    check("6 de março de 2015 às 10h30", "2015-03-06T10:30:00+00:00");
    check("6 maart 2015 om 10:30", "2015-03-06T10:30:00+00:00");
    check("6 marca 2015, godz. 10:30", "2015-03-06T10:30:00+00:00");
    check("6 марта 2015 г., 10:30", "2015-03-06T10:30:00+00:00");
    check("6 Ağustos 2015 Perşembe 10:30", "2015-08-06T10:30:00+00:00");
    check("Kamis, 6 Agustus 2015 10:30 WIB", "2015-08-06T10:30:00+07:00");
    check("6 Αυγούστου 2015, 10:30 π.μ.", "2015-08-06T10:30:00+00:00");
    check("6. srpna 2015 v 10:30", "2015-08-06T10:30:00+00:00");
    check("6 augusti 2015 kl. 10.30", "2015-08-06T10:30:00+00:00");
    check("6. august 2015 kl. 10:30", "2015-08-06T10:30:00+00:00");
    check("6. elokuuta 2015 klo 10.30", "2015-08-06T10:30:00+00:00");
    check("6 noiembrie 2015, ora 10:30", "2015-11-06T10:30:00+00:00");
    check("2015. február 6. 10:30", "2015-02-06T10:30:00+00:00");
    check("6 лютого 2015, 10:30", "2015-02-06T10:30:00+00:00");
    check("10:30, 6 May 2015", "2015-05-06T10:30:00+00:00");
    check("07.ago.2014 | 12:52", "2014-08-07T12:52:00+00:00");
}

#[test]
fn languages_of_asia() {
    check("2020年5月1日 10:30", "2020-05-01T10:30:00+00:00");
    check("2020年5月1日(金) 午後10時30分", "2020-05-01T22:30:00+00:00");
    check("2020-05-01 星期五 下午3:05", "2020-05-01T15:05:00+00:00");
    check("2020년 5월 1일 오후 3:05", "2020-05-01T15:05:00+00:00");
    check("2020.05.01. 오후 3:05", "2020-05-01T15:05:00+00:00");
    check("1 พ.ค. 2563 10:30 น.", "2020-05-01T10:30:00+00:00");
    check("1 พฤษภาคม พ.ศ. 2563", "2020-05-01");
    check("1 मई 2020, 10:30", "2020-05-01T10:30:00+00:00");
    check("1 במאי 2020, 10:30", "2020-05-01T10:30:00+00:00");
    check_in("fa", "1399/02/12", "2020-05-01");
    check("۱۲ اردیبهشت ۱۳۹۹ ساعت ۱۰:۳۰", "2020-05-01T10:30:00+00:00");
    check("۱ مه ۲۰۲۰", "2020-05-01");
}

#[test]
fn years_of_an_era() {
    check("令和6年3月12日", "2024-03-12");
    check("令和元年5月1日 10時30分", "2019-05-01T10:30:00+00:00");
    check("2024年（令和6年）3月12日", "2024-03-12");
    check("2024年（令和5年）3月12日", "");
    check("民國113年3月12日", "2024-03-12");
    check("12 มี.ค. 67", "2024-03-12");
    check("12 มี.ค. 24", "2024-03-12");
    check("12 มี.ค. 67 เวลา 10.30 น.", "2024-03-12T10:30:00+00:00");
    find("เมื่อ 12 มี.ค. 67 คน", "");
    check_in("th", "12/03/2567 10:30", "2024-03-12T10:30:00+00:00");
    check("วันอังคารที่ 12 มีนาคม พ.ศ.2567 เวลา 10.30 น.", "2024-03-12T10:30:00+00:00");
}

#[test]
fn lines_of_papers_in_many_languages() {
    check("יום שלישי, 12 במרץ 2024, בשעה 10:30", "2024-03-12T10:30:00+00:00");
    check("פורסם: 12.03.24, 10:30", "2024-03-12T10:30:00+00:00");
    check("发布时间：2024年03月12日10:30", "2024-03-12T10:30:00+00:00");
    check("公開日：2024年3月12日（火）8時30分", "2024-03-12T08:30:00+00:00");
    check("12 मार्च 2024 को 10:30 बजे प्रकाशित", "2024-03-12T10:30:00+00:00");
    check("Δημοσιεύθηκε: 12 Μαρτίου 2024, ώρα 10:30", "2024-03-12T10:30:00+00:00");
    check("Дата публикации: 12 марта 2024 г. в 10:30", "2024-03-12T10:30:00+00:00");
    check("تاریخ انتشار: سه‌شنبه ۲۲ اسفند ۱۴۰۲ - ۱۰:۳۰", "2024-03-12T10:30:00+00:00");
}

#[test]
fn arabic_in_all_four_month_families() {
    check("الثلاثاء 15 مايو 2018 08:23 صباحاً", "2018-05-15T08:23:00+00:00");
    check("6 شباط 2015", "2015-02-06");
    check("6 فيفري 2015", "2015-02-06");
    check("6 يوليوز 2015", "2015-07-06");
    check("14 يناير (كانون الثاني) عام 1902م", "1902-01-14");
    check("11 كانون الثاني/ يناير 1970", "1970-01-11");
    check("الثلاثاء, 20 آب أغسطس 2013 م ", "2013-08-20");
    check("٦ فبراير ٢٠١٥ ٣:٠٥ م", "2015-02-06T15:05:00+00:00");
    check("السبت 6 جوان 2015 على الساعة 10:30 بتوقيت غرينتش", "2015-06-06T10:30:00+00:00");
    check("6/2/2015 الساعة 10 مساء", "2015-02-06T22:00:00+00:00");
    check("6/2/2015 10:30 (مكة المكرمة)", "2015-02-06T10:30:00+03:00");
    check("31 مارس (آذار) الحالي", "");
}

#[test]
fn the_gregorian_date_goes_before_the_hijri_one() {
    check("٢٠ ذو الحجة ١٤٣٧ الموافق ٢١ سبتمبر ٢٠١٦م", "2016-09-21");
    check("الخميس 7/3/1429 هـ - الموافق 13/3/2008 م", "2008-03-13");
    check("Saturday 1440/9/20 - 2019/05/25", "2019-05-25");
}

#[test]
fn a_hijri_date_alone_goes_by_umm_al_qura() {
    check("٩ /١١ /١٤٤١هـ", "2020-06-30");
    check("الجمعة 26 ربيع ثاني 1426ه العدد 13493", "2005-06-03");
    check("١ رمضان ١٤٤١ هـ", "2020-04-24");
    check("1440/9/20", "");
    check("31/12/1440 هـ", "");
}

#[test]
fn what_is_no_day_is_never_clamped() {
    check("31 - 02 - 2015", "");
    check("2015-02-29", "");
    check("30 février 2015", "");
    check("2015-13-01", "");
    check("2003-12-31T25:14:55Z", "");
    check("31 فبراير 2015", "");
    check("99 Jun 2009", "");
}

#[test]
fn what_lies_beyond_the_plausible_is_refused() {
    check("2026-03-16T02:00:00Z", "2026-03-16T02:00:00+00:00");
    check("2026-03-16T02:00:01Z", "");
    check("2026-03-16T09:00:00+03:00", "");
    check("2026-03-17", "2026-03-17");
    check("2026-03-18", "");
    check("2027-01-01", "");
    check("1899-12-31", "");
    check("12 jan 1876", "");
}

#[test]
fn an_ambiguous_order_is_not_guessed() {
    check_in("en", "05/06/2020", "");
    check_in("en-US", "05/06/2020", "2020-05-06");
    check_in("en-GB", "05/06/2020", "2020-06-05");
    check_in("fr", "05/06/2020", "2020-06-05");
    check_in("ar", "05/06/2020", "2020-06-05");
    check_in("en", "05/25/2020", "2020-05-25");
    check_in("en", "25/05/2020", "2020-05-25");
    check_in("en", "06/06/2020", "2020-06-06");
    check_in("en", "Friday 05/06/2020", "2020-06-05");
    check_in("en", "Wednesday 05/06/2020", "2020-05-06");
    check("06/02/15", "");
    check("5/5/20", "2020-05-05");
    check_in("fr", "6/2/15", "2015-02-06");
    check_in("en", "6/2/15", "");
    check("14_luglio_15", "");
}

#[test]
fn relative_times_count_from_the_visit() {
    check("منذ 3 ساعات", "2026-03-15T09:00:00+00:00");
    check("قبل ساعتين", "2026-03-15T10:00:00+00:00");
    check("منذ ساعة", "2026-03-15T11:00:00+00:00");
    check("منذ 22 ساعة و 5 دقائق", "2026-03-14T13:55:00+00:00");
    check("منذ يومين", "2026-03-13");
    check("أمس", "2026-03-14");
    check("il y a 2 heures", "2026-03-15T10:00:00+00:00");
    check("3 hours ago", "2026-03-15T09:00:00+00:00");
    check("an hour ago", "2026-03-15T11:00:00+00:00");
    check("vor 2 Stunden", "2026-03-15T10:00:00+00:00");
    check("gestern, 10:30 Uhr", "2026-03-14T10:30:00+00:00");
    check("Yesterday at 5:15 pm", "2026-03-14T17:15:00+00:00");
    check("3小时前", "2026-03-15T09:00:00+00:00");
    check("2 часа назад", "2026-03-15T10:00:00+00:00");
    check("hace 2 horas", "2026-03-15T10:00:00+00:00");
    check("5 min read", "");
}

#[test]
fn relative_times_in_languages_of_all_scripts() {
    for (hours, yesterday, now) in [
        ("۳ ساعت پیش", "دیروز", "لحظاتی پیش"),
        ("לפני 3 שעות", "אתמול", "לפני רגע"),
        ("3時間前", "昨日", "たった今"),
        ("3 ชั่วโมงที่แล้ว", "เมื่อวานนี้", "เมื่อสักครู่"),
        ("πριν από 3 ώρες", "χθες", "μόλις τώρα"),
        ("3 घंटे पहले", "कल", "अभी अभी"),
        ("3小时前", "昨天", "刚刚"),
        ("3 часа назад", "вчера", "только что"),
    ] {
        check(hours, "2026-03-15T09:00:00+00:00");
        check(yesterday, "2026-03-14");
        check(now, "2026-03-15T12:00:00+00:00");
    }
    check("3 ώρες πριν", "2026-03-15T09:00:00+00:00");
    check("2 วันก่อน", "2026-03-13");
    check("3日前", "2026-03-12");
    check("前天 10:30", "2026-03-13T10:30:00+00:00");
    check("3個小時前", "2026-03-15T09:00:00+00:00");
    check("לפני שעתיים", "2026-03-15T10:00:00+00:00");
    check("вчера в 10:30", "2026-03-14T10:30:00+00:00");
    check("今日 10時30分", "2026-03-15T10:30:00+00:00");
}

#[test]
fn without_a_time_of_the_visit_nothing_is_relative() {
    let zone = TimeZone::UTC;
    let ctx = DateContext { visited: None, ..context(&zone, "en") };
    for text in ["yesterday", "3 hours ago", "just now", "today at 10:30"] {
        assert_eq!(parse_date(text, &ctx), None, "{text}");
        assert_eq!(find_date(text, &ctx), None, "{text}");
    }
    assert!(parse_date("2020-05-01", &ctx).is_some());
}

#[test]
fn a_date_is_found_inside_a_line() {
    find("نشر في الرياض يوم 06 - 02 - 2015", "2015-02-06");
    find("By Jane Doe | Published: May 3, 2020 5:15 PM | Updated May 4, 2020", "2020-05-03T17:15:00+00:00");
    find("تاريخ النشر : 2023/10/09", "2023-10-09");
    find("Updated 3 hours ago by our staff", "2026-03-15T09:00:00+00:00");
    find("السبت - 2019-02-02-", "2019-02-02");
    find("version 1.2.3.2015 of 10.0.0.1 and id 20200501", "");
    find("On 6 May 12 people came to see it", "");
    find("Today's news", "");
    find("call 05-06-20155 or 1-2-2015-3", "");
}

#[test]
fn zone_and_precision_are_told_apart_from_assumption() {
    let zone = TimeZone::get("Asia/Riyadh").expect("a zone");
    let ctx = context(&zone, "ar");
    let assumed = parse_date("2015-02-06 10:30", &ctx).expect("a date");
    assert_eq!((assumed.offset_seconds, assumed.offset_stated), (3 * 3600, false));
    assert_eq!(assumed.precision, Precision::Minute);
    let stated = parse_date("2015-02-06 10:30:15 GMT", &ctx).expect("a date");
    assert_eq!((stated.offset_seconds, stated.offset_stated), (0, true));
    assert_eq!(stated.precision, Precision::Second);
    let found = find_date("نشر في الرياض يوم 06 - 02 - 2015", &ctx).expect("a date");
    assert_eq!((found.raw.as_str(), found.precision), ("06 - 02 - 2015", Precision::Day));
}

#[test]
fn a_clock_alone_is_read_on_a_day_that_is_known_elsewhere() {
    let zone = TimeZone::UTC;
    let check = |text: &str, expected: &str| {
        let found = clock_on(text, civil::date(2026, 3, 9), &context(&zone, "")).map(|when| when.to_string());
        assert_eq!(found.unwrap_or_default(), expected, "{text}");
    };
    check("14:05", "2026-03-09T14:05:00+00:00");
    check("١٤:٠٥", "2026-03-09T14:05:00+00:00");
    check("الساعة 2:05 مساء", "2026-03-09T14:05:00+00:00");
    check("14h05", "2026-03-09T14:05:00+00:00");
    check("14.05 Uhr", "2026-03-09T14:05:00+00:00");
    check("14:05 GMT", "2026-03-09T14:05:00+00:00");
    check("25:05", "");
    check("أمس 14:05", "");
    check("Mon 14:05", "");
    check("5 June 14:05", "");
    check("2:1 after 14:05", "");
    check("Update", "");
}
