//! What a document of JSON occupies once it is read, so that small ones cannot become large.
//!
//! An empty object of two bytes takes some six hundred, and what lies in others may be kept more than once.

use serde_json::Value;

/// Bytes that all JSON of one document may occupy. The largest real pages take a tenth of it.
pub(super) const MAX_BYTES: usize = 32 << 20;
const VALUE: usize = size_of::<Value>();
/// The first node of a map has room for eleven members.
const MAP: usize = 11 * (size_of::<String>() + VALUE);

/// What a text will occupy once it is read, roughly and from above.
pub(super) fn size_of_text(text: &str) -> usize {
    let (mut values, mut maps, mut inside, mut escaped) = (1, 0, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if inside => escaped = true,
            b'"' => inside = !inside,
            b'{' if !inside => maps += 1,
            b',' | b'[' | b':' if !inside => values += 1,
            _ => {}
        }
    }
    text.len() + values * VALUE + maps * MAP
}

/// What a value occupies; counting stops beyond `most`.
pub(super) fn size_of_value(value: &Value, most: usize) -> usize {
    let mut size = 0;
    let mut open = vec![value];
    while let Some(value) = open.pop() {
        size += VALUE;
        match value {
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
            Value::String(text) => size += text.len(),
            Value::Array(items) => open.extend(items),
            Value::Object(map) => {
                size += MAP + map.keys().map(String::len).sum::<usize>();
                open.extend(map.values());
            }
        }
        if size > most {
            break;
        }
    }
    size
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_estimated_from_above() {
        for text in ["{}", "[1,2,{\"a\":\"b,[{\\\"\"}]", "\"{,\"", "[{\"\":0},{\"\":[]},{}]"] {
            let value: Value = serde_json::from_str(text).expect("JSON");
            assert!(size_of_text(text) >= size_of_value(&value, usize::MAX), "{text}");
            assert!(size_of_text(text) <= text.len() + 4 * (VALUE + MAP), "{text}");
        }
    }
}
