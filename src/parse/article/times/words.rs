//! Words beside dates, in many languages: what kind of date it is.

use std::sync::LazyLock;

use regex::Regex;

/// Words that tell of a change, not of publication.
pub(super) static CHANGED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new("(?i)updated|modified|revised|last edited|aktualisiert|geändert|letzte änderung|letzte aktualisierung|mis à jour|modifié|actualizado|actualizada|aggiornato|atualizado|bijgewerkt|oppdatert|uppdaterad|opdateret|обновлен|изменен|zaktualizowano|aktualizacja|ενημέρωση|güncelle|آخر تحديث|تم التحديث|به.?روز|ویرایش|更新|修改|עודכן|עדכון|อัปเดต|อัพเดต|ปรับปรุงล่าสุด|แก้ไขล่าสุด|अपडेट|अद्यतन|ενημερώθηκε")
        .expect("a constant pattern, checked by every test here")
});

/// Words that tell of publication.
pub(super) static PUBLISHED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new("(?i)published|publication date|posted|date posted|veröffentlicht|erstellt|erschienen|publié|mise? en ligne|paru le|publicado|publicada|pubblicato|gepubliceerd|geplaatst|publisert|publicerad|udgivet|опубликован|opublikowan|data dodania|δημοσίευση|δημοσιεύ|yayın|نشر|تاريخ|انتشار|منتشر|发布|發佈|發布|发表|發表|刊登|掲載|公開|配信|投稿|게시|입력|פורסם|פרסום|เผยแพร่|โพสต์เมื่อ|ตีพิมพ์|प्रकाशित|पब्लिश|дата публикации")
        .expect("a constant pattern, checked by every test here")
});

/// A bare name for a date at the beginning of a line: `Datum 28.04.2023`.
pub(super) static NAMED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new("(?i)^(?:publish(?:ing)? )?(?:date|datum|fecha|data|dato|дата|tarih|päivämäärä|التاريخ|تاریخ|日期|日付|日時|时间|時間|ημερομηνία|תאריך|วันที่|दिनांक|तारीख|stand|as of)(?: ?[:：] ?| |$)")
        .expect("a constant pattern, checked by every test here")
});

/// Sentences below an article that tell when it was published, as common systems print them.
pub(super) static POSTED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new("(?i)^(?:this (?:entry|post|article|item|story) was (?:posted|published|written|added)|(?:dieser|der) (?:beitrag|artikel|eintrag) (?:wurde|ist)|cet? (?:article|billet|entrée) a été|cette entrée a été|(?:esta entrada|este artículo) (?:fue|se publicó)|quest(?:o articolo|a voce) è stat[ao]|dit (?:bericht|artikel) (?:werd|is)|este (?:artigo|post) foi|detta inlägg|dette innlegget|dette indlæg|ten wpis|эта запись|запись опубликована)[ :]")
        .expect("a constant pattern, checked by every test here")
});
