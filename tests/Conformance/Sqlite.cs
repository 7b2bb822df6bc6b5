using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace CloudNative.Conformance;

/// <summary>The other program that looks into a file or changes it.</summary>
internal static class Sqlite
{
    public static void Execute(string file, JsonElement statements)
    {
        using var connection = Open(file);
        foreach (var statement in statements.EnumerateArray())
        {
            using var command = connection.CreateCommand();
            command.CommandText = statement.GetString();
            command.ExecuteNonQuery();
        }
    }

    /// <summary>Rows as a JSON array of arrays.</summary>
    public static JsonElement Query(string file, string sql)
    {
        using var connection = Open(file);
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var rows = new List<object?[]>();
        while (reader.Read())
        {
            var row = new object?[reader.FieldCount];
            for (var i = 0; i < row.Length; i++)
                row[i] = reader.IsDBNull(i) ? null : Comparable(reader.GetValue(i));
            rows.Add(row);
        }
        return JsonSerializer.SerializeToElement(rows);
    }

    /// <summary>Table definitions compare without regard to white space and letter case.</summary>
    public static object Comparable(object value) =>
        value is string text && text.StartsWith("CREATE ", StringComparison.OrdinalIgnoreCase)
            ? string.Concat(text.Where(c => !char.IsWhiteSpace(c))).ToUpperInvariant()
            : value;

    private static SqliteConnection Open(string file)
    {
        var path = file.StartsWith("file:", StringComparison.Ordinal) ? file["file:".Length..] : file;
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        connection.Open();
        return connection;
    }
}
