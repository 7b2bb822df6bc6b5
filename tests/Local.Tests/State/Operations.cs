using System.Text;
using CloudNative.Local.State;

namespace CloudNative.Local.Tests.State;

internal static class Operations
{
    private static readonly Dictionary<string, string> NoMetadata = [];

    public static StateOperation Set(string key, string value, string? etag = null, string? concurrency = null, string? ttl = null) =>
        new(StateOperationKind.Upsert, key, Encoding.UTF8.GetBytes(value), false, etag, concurrency, null,
            ttl is null ? NoMetadata : new Dictionary<string, string> { ["ttlInSeconds"] = ttl });

    public static StateOperation Delete(string key, string? etag = null, string? concurrency = null) =>
        new(StateOperationKind.Delete, key, default, false, etag, concurrency, null, NoMetadata);

    public static string Text(this StateRow? row) => Encoding.UTF8.GetString(row.ShouldNotBeNull().Value.Span);
}
