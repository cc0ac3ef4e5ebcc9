//! Connections whose statements run on the thread that calls, and no other thread is woken for one: the writer's, and that
//! of claims.
//!
//! A text may hold several statements, parted by semicolons (which stand nowhere else in it); all of them see the same
//! parameters, by their numbers. Statements are prepared once.

use std::borrow::Cow;
use std::cell::Cell;
use std::path::Path;
use std::time::Duration;

use rusqlite::types::{ToSqlOutput, Type, Value, ValueRef};
use rusqlite::{CachedStatement, OpenFlags, OptionalExtension};

pub(super) use rusqlite::Error;

use super::values::Unreadable;

/// Prepared statements that are kept: more than the writer has.
const PREPARED: usize = 256;

thread_local! {
    static LOG_PAGES: Cell<u32> = const { Cell::new(0) };
}

/// Pages in the write-ahead log after the last commit of this thread in a file whose log is counted.
pub(super) fn log_pages() -> u32 {
    LOG_PAGES.get()
}

/// An open file.
pub(super) struct Connection(rusqlite::Connection);

impl Connection {
    /// Opens a file that is there. A lock of another program is waited for as long as `patience`.
    pub(super) fn open(path: &Path, patience: Duration) -> Result<Connection, Error> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let conn = rusqlite::Connection::open_with_flags(path, flags)?;
        conn.set_prepared_statement_cache_capacity(PREPARED);
        conn.busy_timeout(patience)?;
        Ok(Connection(conn))
    }

    /// Opens a file that is there for reading only.
    pub(super) fn open_read_only(path: &Path, patience: Duration) -> Result<Connection, Error> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let conn = rusqlite::Connection::open_with_flags(path, flags)?;
        conn.busy_timeout(patience)?;
        Ok(Connection(conn))
    }

    /// Counts the pages of the log at every commit ([`log_pages`]); SQLite then leaves it to the caller to empty it.
    pub(super) fn count_log(&self) {
        self.0.wal_hook(Some(|_, pages| {
            LOG_PAGES.set(u32::try_from(pages).unwrap_or_default());
            Ok(())
        }));
    }

    /// A statement that is run again and again with other values.
    pub(super) fn prepare(&self, sql: &str) -> Result<Repeated<'_>, Error> {
        self.0.prepare_cached(sql).map(Repeated)
    }

    /// Closes the file.
    pub(super) fn close(self) -> Result<(), Error> {
        self.0.close().map_err(|(_, error)| error)
    }
}

/// A statement at work.
pub(super) struct Repeated<'c>(CachedStatement<'c>);

impl Repeated<'_> {
    /// Runs it for its first row, with other values.
    pub(super) fn first<T>(&mut self, values: impl rusqlite::Params) -> Result<Option<T>, Error>
    where
        T: for<'r> TryFrom<&'r rusqlite::Row<'r>, Error = Error>,
    {
        self.0.query_row(values, |row| T::try_from(row)).optional()
    }

    /// Runs it with other values; gives how many rows it has written.
    pub(super) fn run(&mut self, values: impl rusqlite::Params) -> Result<usize, Error> {
        self.0.execute(values)
    }
}

impl From<Unreadable> for Error {
    fn from(error: Unreadable) -> Error {
        Error::FromSqlConversionFailure(0, Type::Text, Box::new(error))
    }
}

/// Statements with the values of their parameters.
pub(super) struct Query<'q> {
    sql: &'q str,
    values: Vec<ToSqlOutput<'q>>,
}

/// Statements to run.
pub(super) fn query(sql: &str) -> Query<'_> {
    Query { sql, values: Vec::new() }
}

impl<'q> Query<'q> {
    /// The value of the next parameter.
    pub(super) fn bind(mut self, value: impl Bind<'q>) -> Query<'q> {
        self.values.push(value.into_value());
        self
    }

    /// Runs all statements; gives how many rows the last of them that writes has written.
    pub(super) fn execute(self, conn: &Connection) -> Result<u64, Error> {
        for sql in self.sql.split(';').filter(|sql| !sql.trim_ascii().is_empty()) {
            let mut statement = self.prepare(conn, sql)?;
            let mut rows = statement.raw_query();
            while rows.next()?.is_some() {}
        }
        Ok(conn.0.changes())
    }

    /// Runs one statement for its rows.
    pub(super) fn fetch_all(self, conn: &Connection) -> Result<Vec<Row>, Error> {
        let mut statement = self.prepare(conn, self.sql)?;
        let mut rows = statement.raw_query();
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            all.push(Row::new(row)?);
        }
        Ok(all)
    }

    /// Runs one statement for its first row. What it writes it has written by then.
    pub(super) fn fetch_optional(self, conn: &Connection) -> Result<Option<Row>, Error> {
        let mut statement = self.prepare(conn, self.sql)?;
        let mut rows = statement.raw_query();
        rows.next()?.map(Row::new).transpose()
    }

    /// Runs one statement that always gives a row.
    pub(super) fn fetch_one(self, conn: &Connection) -> Result<Row, Error> {
        self.fetch_optional(conn)?.ok_or(Error::QueryReturnedNoRows)
    }

    fn prepare<'c>(&self, conn: &'c Connection, sql: &str) -> Result<CachedStatement<'c>, Error> {
        let mut statement = conn.0.prepare_cached(sql)?;
        let count = statement.parameter_count();
        for (number, value) in self.values.iter().take(count).enumerate() {
            statement.raw_bind_parameter(number + 1, value)?;
        }
        Ok(statement)
    }
}

/// A row, apart from its statement.
pub(super) struct Row(Vec<Value>);

impl Row {
    fn new(row: &rusqlite::Row<'_>) -> Result<Row, Error> {
        let count = row.as_ref().column_count();
        (0..count).map(|at| row.get(at)).collect::<Result<_, _>>().map(Row)
    }

    /// The value of a column.
    ///
    /// The schema is strict, so a value of another type is a mistake in a statement, which its test shows.
    pub(super) fn get<'r, T: Column<'r>>(&'r self, at: usize) -> T {
        self.try_get(at).expect("the statement has such a column, tests run every statement")
    }

    /// The value of a column; an error if it is of another type or range.
    pub(super) fn try_get<'r, T: Column<'r>>(&'r self, at: usize) -> Result<T, Unreadable> {
        let value = self.0.get(at);
        value.and_then(T::from_value).ok_or_else(|| Unreadable(format!("column {at}: unexpected {value:?}")))
    }
}

/// What a parameter can be.
pub(super) trait Bind<'q> {
    /// As SQLite takes it.
    fn into_value(self) -> ToSqlOutput<'q>;
}

macro_rules! bind_numbers {
    ($($number:ty),*) => {
        $(impl Bind<'_> for $number {
            fn into_value(self) -> ToSqlOutput<'static> {
                ToSqlOutput::Owned(Value::Integer(i64::from(self)))
            }
        })*
    };
}

bind_numbers!(i64, i32, u32, u16, u8, bool);

impl Bind<'_> for f64 {
    fn into_value(self) -> ToSqlOutput<'static> {
        ToSqlOutput::Owned(Value::Real(self))
    }
}

impl<'q> Bind<'q> for &'q str {
    fn into_value(self) -> ToSqlOutput<'q> {
        ToSqlOutput::Borrowed(ValueRef::Text(self.as_bytes()))
    }
}

impl<'q> Bind<'q> for &'q String {
    fn into_value(self) -> ToSqlOutput<'q> {
        self.as_str().into_value()
    }
}

impl Bind<'_> for String {
    fn into_value(self) -> ToSqlOutput<'static> {
        ToSqlOutput::Owned(Value::Text(self))
    }
}

impl<'q> Bind<'q> for Cow<'q, str> {
    fn into_value(self) -> ToSqlOutput<'q> {
        match self {
            Cow::Borrowed(text) => text.into_value(),
            Cow::Owned(text) => text.into_value(),
        }
    }
}

impl<'q> Bind<'q> for &'q [u8] {
    fn into_value(self) -> ToSqlOutput<'q> {
        ToSqlOutput::Borrowed(ValueRef::Blob(self))
    }
}

impl<'q> Bind<'q> for &'q Vec<u8> {
    fn into_value(self) -> ToSqlOutput<'q> {
        self.as_slice().into_value()
    }
}

impl Bind<'_> for Vec<u8> {
    fn into_value(self) -> ToSqlOutput<'static> {
        ToSqlOutput::Owned(Value::Blob(self))
    }
}

impl<'q, T: Bind<'q>> Bind<'q> for Option<T> {
    fn into_value(self) -> ToSqlOutput<'q> {
        self.map_or(ToSqlOutput::Owned(Value::Null), Bind::into_value)
    }
}

impl<'q> Bind<'q> for &'q Option<String> {
    fn into_value(self) -> ToSqlOutput<'q> {
        self.as_deref().into_value()
    }
}

/// What a column can be read as.
pub(super) trait Column<'r>: Sized {
    /// `None` if the value is of another type.
    fn from_value(value: &'r Value) -> Option<Self>;
}

macro_rules! number_columns {
    ($($number:ty),*) => {
        $(impl Column<'_> for $number {
            fn from_value(value: &Value) -> Option<$number> {
                i64::from_value(value)?.try_into().ok()
            }
        })*
    };
}

number_columns!(i32, u32, u16, u8);

impl Column<'_> for i64 {
    fn from_value(value: &Value) -> Option<i64> {
        if let Value::Integer(number) = value { Some(*number) } else { None }
    }
}

impl Column<'_> for bool {
    fn from_value(value: &Value) -> Option<bool> {
        i64::from_value(value).map(|number| number != 0)
    }
}

impl Column<'_> for f64 {
    fn from_value(value: &Value) -> Option<f64> {
        if let Value::Real(number) = value { Some(*number) } else { None }
    }
}

impl<'r> Column<'r> for &'r str {
    fn from_value(value: &'r Value) -> Option<&'r str> {
        if let Value::Text(text) = value { Some(text) } else { None }
    }
}

impl Column<'_> for String {
    fn from_value(value: &Value) -> Option<String> {
        <&str>::from_value(value).map(str::to_owned)
    }
}

impl<'r> Column<'r> for &'r [u8] {
    fn from_value(value: &'r Value) -> Option<&'r [u8]> {
        if let Value::Blob(bytes) = value { Some(bytes) } else { None }
    }
}

impl Column<'_> for Vec<u8> {
    fn from_value(value: &Value) -> Option<Vec<u8>> {
        <&[u8]>::from_value(value).map(<[u8]>::to_vec)
    }
}

impl<'r, T: Column<'r>> Column<'r> for Option<T> {
    fn from_value(value: &'r Value) -> Option<Option<T>> {
        if let Value::Null = value { Some(None) } else { T::from_value(value).map(Some) }
    }
}
