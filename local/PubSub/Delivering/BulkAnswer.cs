using System.Text.Json;

namespace CloudNative.Local.PubSub.Delivering;

/// <summary>Reads the app's answer to a batch. Unlike an answer to one event, one that says nothing of an entry has failed it.</summary>
internal static class BulkAnswer
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 10_000 };

    /// <summary>A verdict for each of the entries; of ids that were not sent nothing is taken, and of an entry named twice the last status counts.</summary>
    public static IReadOnlyList<AppVerdict> Read(int httpStatus, ReadOnlyMemory<byte> body, IReadOnlyCollection<string> entryIds)
    {
        if (httpStatus == 404)
            return [.. entryIds.Select(_ => AppVerdict.Acknowledge)];
        var statuses = httpStatus is >= 200 and < 300 ? Statuses(body) : [];
        return [.. entryIds.Select(id => Verdict(statuses.GetValueOrDefault(id)))];
    }

    private static AppVerdict Verdict(string? status) => status switch
    {
        "SUCCESS" => AppVerdict.Acknowledge,
        "DROP" => AppVerdict.Drop,
        _ => AppVerdict.Retry,
    };

    private static Dictionary<string, string> Statuses(ReadOnlyMemory<byte> body)
    {
        var statuses = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            using var document = JsonDocument.Parse(body, Options);
            foreach (var entry in Member(document.RootElement, "statuses")?.EnumerateArray() ?? default)
                statuses[Member(entry, "entryId")?.GetString() ?? ""] = Member(entry, "status")?.GetString() ?? "";
            return statuses;
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            // An answer that cannot be read as a whole speaks for no entry.
            return [];
        }
    }

    /// <summary>Names match in any case; null where absent or null.</summary>
    private static JsonElement? Member(JsonElement item, string name)
    {
        JsonElement? found = null;
        if (item.ValueKind == JsonValueKind.Null)
            return found;
        foreach (var member in item.EnumerateObject())
        {
            if (member.Name.Equals(name, StringComparison.OrdinalIgnoreCase) && member.Value.ValueKind != JsonValueKind.Null)
                found = member.Value;
        }

        return found;
    }
}
