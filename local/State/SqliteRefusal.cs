using CloudNative.Local.Resources;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace CloudNative.Local.State;

/// <summary>SQLite's errors in the form of daprd's driver: class, detail, code.</summary>
internal static class SqliteRefusal
{
    public static ComponentException Of(SqliteException exception)
    {
        var code = exception.SqliteErrorCode;
        var kind = raw.sqlite3_errstr(code).utf8_to_string();
        var detail = Detail(exception.Message);
        var text = detail == kind ? $"{kind} ({code})" : $"{kind}: {detail} ({code})";
        return new ComponentException(code == raw.SQLITE_BUSY ? text + " (SQLITE_BUSY)" : text, exception);
    }

    /// <summary>The library wraps SQLite's own text in <c>SQLite Error 1: '...'.</c></summary>
    private static string Detail(string message)
    {
        var start = message.IndexOf('\'', StringComparison.Ordinal);
        var end = message.LastIndexOf('\'');
        return start >= 0 && end > start ? message[(start + 1)..end] : message;
    }
}
