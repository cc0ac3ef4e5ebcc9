//! Credentials that stand in addresses, out of words for people.

/// A text in which the user and password of each address are `…`, for errors and logs.
///
/// Knows addresses by their form, not by parsing them: what is shown is often one that does not parse. Where a password
/// holds signs that belong to no password of an address, too much is hidden rather than too little.
pub fn without_userinfo(text: &str) -> String {
    text.split_inclusive([' ', '\t', '\n', '"', '\'', '`', '<', '>']).map(masked).collect()
}

fn masked(word: &str) -> String {
    let begin = word.find("//").map_or(0, |at| at + 2);
    let (head, rest) = word.split_at(begin);
    let authority = rest.find(['/', '?', '#', '\\']).map_or(rest, |end| &rest[..end]);
    let is_port = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let end = match authority.rfind('@') {
        // Without slashes a name alone may be a mail address.
        Some(at) => (begin > 0 || authority[..at].contains(':')).then_some(at),
        // `//user:pass/word@host`: what stands for a port is none.
        None => authority.rsplit_once(':').filter(|(_, port)| !is_port(port)).and_then(|_| rest.rfind('@')),
    };
    end.map_or_else(|| word.to_owned(), |at| format!("{head}…{}", &rest[at..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_and_password_are_hidden_and_nothing_else_is() {
        for (text, shown) in [
            ("\"http://u:p@a.example:99/\": no", "\"http://…@a.example:99/\": no"),
            (
                "[\"https://u@a.example/\", \"ftp://u:p@s@b.example\"]",
                "[\"https://…@a.example/\", \"ftp://…@b.example\"]",
            ),
            ("http://u:p/w@a.example/", "http://…@a.example/"),
            ("http:u:p@a.example/", "…@a.example/"),
            ("u:p@a.example/feed", "…@a.example/feed"),
        ] {
            assert_eq!(without_userinfo(text), shown);
        }
        for same in ["https://a.example/@ann/story", "http://a.example:80/@b", "me@a.example", "a@b: 5", "", "http://["]
        {
            assert_eq!(without_userinfo(same), same);
        }
    }
}
