using System.Buffers.Text;
using System.Globalization;
using CloudNative.EventStream.Sqlite;
using CloudNative.Local.Resources;

namespace CloudNative.Local.State;

/// <summary>One operation as it goes into the table; checked and encoded before it reaches the writer.</summary>
internal sealed class SqliteWrite
{
    private readonly StateOperation operation;
    private readonly string? etag;
    private readonly string now;
    private readonly string? expires;
    private readonly ReadOnlyMemory<byte> text;
    private readonly string newEtag = Guid.NewGuid().ToString();

    /// <exception cref="ComponentException">Options or TTL that the store refuses.</exception>
    public SqliteWrite(StateOperation operation, DateTimeOffset now)
    {
        StateOptions.CheckWords(operation);
        this.operation = operation;
        this.now = Timestamp(now);
        etag = StateOptions.EtagOf(operation);
        if (operation.Kind == StateOperationKind.Delete)
            return;
        expires = Ttl(operation) is { } seconds ? Timestamp(now.AddSeconds(seconds)) : null;
        text = operation.IsBinary ? Base64Text(operation.Value.Span) : operation.Value;
    }

    /// <summary>False where the guard does not hold; then nothing was changed.</summary>
    public bool Run(SqliteWriter writer, SqliteStateTables tables)
    {
        if (operation.Kind == StateOperationKind.Delete)
        {
            return etag is null
                ? writer.Prepare(tables.Delete).Bind(1, operation.Key).Execute() >= 0
                : writer.Prepare(tables.DeleteGuarded).Bind(1, operation.Key).Bind(2, etag).Execute() > 0;
        }
        var sql = etag is not null ? tables.Update : StateOptions.IsInsertOnly(operation) ? tables.Insert : tables.Upsert;
        var statement = writer.Prepare(sql)
            .Bind(1, operation.Key).Bind(2, text.Span).Bind(3, operation.IsBinary ? 1 : 0).Bind(4, newEtag).Bind(5, expires).Bind(6, now);
        if (etag is not null)
            statement.Bind(7, etag);
        return statement.Execute() > 0;
    }

    /// <summary>As the columns hold it: UTC, to the second.</summary>
    public static string Timestamp(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    private static long? Ttl(StateOperation operation)
    {
        const string context = "error parsing TTL: incorrect value for metadata 'ttlInSeconds': ";
        var seconds = StateOptions.TtlSeconds(operation, "strconv.ParseInt", context);
        if (seconds is < -1 or > int.MaxValue)
            throw new ComponentException(context + "must be -1 or greater");
        return seconds > 0 ? seconds : null;
    }

    private static byte[] Base64Text(ReadOnlySpan<byte> bytes)
    {
        var encoded = new byte[Base64.GetMaxEncodedToUtf8Length(bytes.Length)];
        Base64.EncodeToUtf8(bytes, encoded, out _, out _);
        return encoded;
    }
}
