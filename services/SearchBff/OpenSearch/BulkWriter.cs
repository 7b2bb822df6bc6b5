using System.Text.Json;
using CloudNative.BuildingBlocks.Hosting;
using CloudNative.SearchBff.Indexing;

namespace CloudNative.SearchBff.OpenSearch;

/// <summary>An action line and its source line (empty for a deletion), without line breaks.</summary>
internal sealed record BulkItem(byte[] Action, byte[] Source);

/// <summary>
/// Sends items in bulk and reads what became of each. What was refused for the moment is sent again, and nothing else, after a growing wait;
/// in smaller requests where the size was the trouble.
/// </summary>
internal sealed partial class BulkWriter(OpenSearchClient client, TimeSpan backoff, TimeProvider time, Random random, ILogger<BulkWriter> logger)
{
    private const int Rounds = 4;

    /// <exception cref="DependencyUnavailableException">Nobody answers, or nothing may be written.</exception>
    public async ValueTask<IReadOnlyList<IndexResult>> WriteAsync(string alias, IReadOnlyList<BulkItem> items, CancellationToken cancellationToken)
    {
        var results = new IndexResult[items.Count];
        var open = Enumerable.Range(0, items.Count).ToList();
        var size = items.Count;
        for (var round = 1; open.Count > 0; round++)
        {
            foreach (var places in open.Chunk(size))
            {
                var answer = await SendAsync(alias, [.. places.Select(place => items[place])], cancellationToken);
                if (answer.IsTooLarge)
                    size = Math.Max(1, places.Length / 2);
                foreach (var (place, result) in places.Zip(answer.Results))
                    results[place] = result;
            }

            open = [.. open.Where(place => results[place].Verdict is IndexVerdict.TryAgain)];
            if (open.Count == 0 || round == Rounds)
                break;
            LogAgain(open.Count, results[open[0]].Reason);
            await Task.Delay(backoff * (Math.Pow(2, round - 1) * (0.5 + random.NextDouble())), time, cancellationToken);
        }

        return results;
    }

    private async Task<(IReadOnlyList<IndexResult> Results, bool IsTooLarge)> SendAsync(string alias, BulkItem[] items, CancellationToken cancellationToken)
    {
        // Without require_alias a missing index would be made, with guessed fields.
        var answer = await client.PostLinesAsync($"/{alias}/_bulk?require_alias=true", Lines(items), cancellationToken);
        if (answer.IsSuccess)
            return (Results(answer.Json, items.Length), false);
        var reason = $"{answer.Status} {answer.ErrorType}";
        return answer switch
        {
            { Status: 413 } or { ErrorType: "circuit_breaking_exception" } => (All(items.Length, new(items.Length > 1 ? IndexVerdict.TryAgain : IndexVerdict.Refused, reason)), true),
            { Status: 429 or >= 500 } => (All(items.Length, new(IndexVerdict.TryAgain, reason)), false),
            // One line of many spoils the request: alone it is found out.
            { Status: 400 } => (All(items.Length, new(items.Length > 1 ? IndexVerdict.TryAgain : IndexVerdict.Refused, reason)), true),
            _ => throw answer.Failure("a bulk"),
        };
    }

    /// <summary>The verdict on one item; 409 means that the index has something newer, which is success.</summary>
    internal static IndexResult ResultOf(JsonElement item)
    {
        var status = item.TryGetProperty("status", out var code) ? code.GetInt32() : 0;
        var type = item.TryGetProperty("error", out var error) && error.TryGetProperty("type", out var named) ? named.GetString() : null;
        return status switch
        {
            (>= 200 and < 300) or 409 => IndexResult.Done,
            404 when type is null => IndexResult.Done,
            // Closed by an operator, who will open it again.
            400 when type is not "index_closed_exception" => new IndexResult(IndexVerdict.Refused, type),
            _ => new IndexResult(IndexVerdict.TryAgain, $"{status} {type}"),
        };
    }

    private static IReadOnlyList<IndexResult> Results(JsonElement json, int sent)
    {
        var items = json.GetProperty("items");
        // A request cut short loses its last item in silence.
        return items.GetArrayLength() == sent
            ? [.. items.EnumerateArray().Select(item => ResultOf(item.EnumerateObject().First().Value))]
            : All(sent, new IndexResult(IndexVerdict.TryAgain, "an item is missing in the answer"));
    }

    private static IndexResult[] All(int count, IndexResult result) => [.. Enumerable.Repeat(result, count)];

    private static byte[] Lines(BulkItem[] items)
    {
        using var lines = new MemoryStream();
        foreach (var item in items)
        {
            lines.Write(item.Action);
            lines.WriteByte((byte)'\n');
            if (item.Source.Length == 0)
                continue;
            lines.Write(item.Source);
            lines.WriteByte((byte)'\n');
        }

        return lines.ToArray();
    }

    [LoggerMessage(LogLevel.Warning, "{Entries} entries are sent again: {Reason}")]
    private partial void LogAgain(int entries, string? reason);
}
