using CloudNative.EventStream.Sqlite;

namespace CloudNative.Local.State;

/// <summary>
/// The statements on one pair of tables, in the shape in which daprd makes and reads them (recordings state/sqlite-file):
/// columns in this order and no others, times as text to the second in UTC.
/// </summary>
internal sealed class SqliteStateTables(string table, string metadataTable)
{
    private const string Columns = "key, value, is_binary, etag, expiration_time";

    private readonly string create = $"""
        CREATE TABLE IF NOT EXISTS {table} (
          key TEXT NOT NULL PRIMARY KEY,
          value TEXT NOT NULL,
          is_binary BOOLEAN NOT NULL,
          etag TEXT NOT NULL,
          expiration_time TIMESTAMP DEFAULT NULL,
          update_time TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
        )
        """;

    private readonly string createMetadata = $"CREATE TABLE IF NOT EXISTS {metadataTable} (key text NOT NULL PRIMARY KEY, value text NOT NULL)";

    private readonly string setMetadata = $"INSERT INTO {metadataTable} (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value";

    private readonly string migrations = $"SELECT value FROM {metadataTable} WHERE key = 'migrations'";

    private readonly string deleteExpired = $"DELETE FROM {table} WHERE expiration_time <= ?1";

    /// <summary>?1 key, ?2 now.</summary>
    public string Get { get; } = $"SELECT {Columns} FROM {table} WHERE key = ?1 AND (expiration_time IS NULL OR expiration_time > ?2)";

    /// <summary>?1 keys as a JSON array, ?2 now; in byte order of the key.</summary>
    public string GetMany { get; } = $"""
        SELECT {Columns} FROM {table} WHERE key IN (SELECT value FROM json_each(?1))
        AND (expiration_time IS NULL OR expiration_time > ?2) ORDER BY key
        """;

    /// <summary>?1 key, ?2 value as bytes, ?3 is_binary, ?4 etag, ?5 expiration, ?6 now.</summary>
    public string Upsert { get; } = Insertion(table);

    /// <summary>As <see cref="Upsert"/>; changes nothing where a row lives.</summary>
    public string Insert { get; } = $"{Insertion(table)} WHERE {table}.expiration_time <= ?6";

    /// <summary>As <see cref="Upsert"/>, ?7 the etag that must be there; an expired row is not.</summary>
    public string Update { get; } = $"""
        UPDATE {table} SET value = CAST(?2 AS TEXT), is_binary = ?3, etag = ?4, expiration_time = ?5, update_time = ?6
        WHERE key = ?1 AND etag = ?7 AND (expiration_time IS NULL OR expiration_time > ?6)
        """;

    /// <summary>?1 key.</summary>
    public string Delete { get; } = $"DELETE FROM {table} WHERE key = ?1";

    /// <summary>?1 key, ?2 the etag that must be there, on an expired row too.</summary>
    public string DeleteGuarded { get; } = $"DELETE FROM {table} WHERE key = ?1 AND etag = ?2";

    /// <summary>What the metadata table says is made already is not looked for again, as in daprd.</summary>
    public bool Migrate(SqliteWriter writer)
    {
        writer.Prepare(createMetadata).Execute();
        var level = writer.Prepare(migrations);
        if (level.Step())
        {
            level.Reset();
            return false;
        }
        writer.Prepare(create).Execute();
        writer.Prepare(setMetadata).Bind(1, "migrations").Bind(2, "1").Execute();
        return true;
    }

    /// <returns>How many rows were deleted.</returns>
    public int DeleteExpired(SqliteWriter writer, string now)
    {
        var deleted = writer.Prepare(deleteExpired).Bind(1, now).Execute();
        writer.Prepare(setMetadata).Bind(1, "last-cleanup").Bind(2, now).Execute();
        return deleted;
    }

    private static string Insertion(string table) => $"""
        INSERT INTO {table} (key, value, is_binary, etag, expiration_time, update_time) VALUES (?1, CAST(?2 AS TEXT), ?3, ?4, ?5, ?6)
        ON CONFLICT (key) DO UPDATE SET value = excluded.value, is_binary = excluded.is_binary, etag = excluded.etag,
        expiration_time = excluded.expiration_time, update_time = excluded.update_time
        """;
}
