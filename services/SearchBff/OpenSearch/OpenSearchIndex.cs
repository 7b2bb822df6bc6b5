using System.Globalization;
using System.Text.Json;
using CloudNative.BuildingBlocks.Hosting;
using CloudNative.SearchBff.Indexing;
using Microsoft.Extensions.Options;

namespace CloudNative.SearchBff.OpenSearch;

/// <summary>
/// An OpenSearch behind an alias, which searches and writes use; an index being built has an alias of its own, so that every replica sees it.
/// A write is visible to searches after the engine's next refresh.
/// </summary>
internal sealed class OpenSearchIndex(OpenSearchClient client, BulkWriter bulk, IOptions<OpenSearchOptions> options) : ISearchIndex
{
    private const string AlreadyThere = "resource_already_exists_exception";
    private readonly string alias = options.Value.Alias;
    private readonly string buildingAlias = $"{options.Value.Alias}-building";

    public async ValueTask PrepareAsync(CancellationToken cancellationToken)
    {
        if (await IndexBehindAsync(alias, cancellationToken) is not null)
            return;
        var created = await client.PutAsync($"/{alias}-1", RequestBodies.CreateIndex(options.Value.Replicas, alias), cancellationToken);
        if (!created.IsSuccess && created.ErrorType != AlreadyThere)
            throw created.Failure("the creation of the index");
        // Another replica was faster; an index without its alias is what a human left.
        if (!created.IsSuccess && await IndexBehindAsync(alias, cancellationToken) is null)
            Check(await client.PostAsync("/_aliases", RequestBodies.AddAlias($"{alias}-1", alias), cancellationToken), "the alias");
    }

    public async ValueTask<IReadOnlyList<IndexResult>> WriteAsync(IReadOnlyList<IndexEntry> entries, CancellationToken cancellationToken)
    {
        var items = entries.Select(RequestBodies.Index).ToList();
        var isBuilding = await ExistsAsync(buildingAlias, cancellationToken);
        var results = await bulk.WriteAsync(alias, items, cancellationToken);
        if (!isBuilding)
            return results;
        var inNext = await bulk.WriteAsync(buildingAlias, items, cancellationToken);
        // Switched meanwhile: the alias just written is the new index.
        if (inNext.All(result => result.Reason == "404 index_not_found_exception"))
            return await bulk.WriteAsync(alias, items, cancellationToken);
        return [.. results.Zip(inNext, (one, other) => one.Verdict is IndexVerdict.Done ? other : one)];
    }

    public async ValueTask RefreshAsync(CancellationToken cancellationToken)
    {
        // Serverless refreshes by itself, and cannot be asked to.
        if (options.Value.Service != "aoss" || options.Value.Region.Length == 0)
            Check(await client.PostAsync($"/{alias}/_refresh", null, cancellationToken), "a refresh");
    }

    public async ValueTask<FoundPage> SearchAsync(SearchRequest request, CancellationToken cancellationToken)
    {
        // One more than asked for tells whether anything follows.
        var hits = await HitsAsync(alias, RequestBodies.Search(request, request.Limit + 1), cancellationToken);
        var things = hits.Take(request.Limit).Select(Thing).ToList();
        return new FoundPage(things, hits.Count > request.Limit ? new SearchPosition(things[^1].Score, things[^1].Id, null) : null);
    }

    public async ValueTask PurgeAsync(DateTimeOffset deletedBefore, CancellationToken cancellationToken) => Check(
        await client.PostAsync(
            $"/{alias}/_delete_by_query?conflicts=proceed&refresh=true", RequestBodies.DeletedBefore(deletedBefore.ToUnixTimeMilliseconds()), cancellationToken),
        "a purge");

    public ValueTask<string?> BuildingAsync(CancellationToken cancellationToken) => IndexBehindAsync(buildingAlias, cancellationToken);

    public async ValueTask<string> BeginBuildingAsync(CancellationToken cancellationToken)
    {
        if (await BuildingAsync(cancellationToken) is { } unfinished)
            return unfinished;
        var current = await IndexBehindAsync(alias, cancellationToken) ?? throw new DependencyUnavailableException($"There is no alias {alias}.");
        var next = NameAfter(current);
        var created = await client.PutAsync($"/{next}", RequestBodies.CreateIndex(options.Value.Replicas, buildingAlias), cancellationToken);
        return created.IsSuccess || created.ErrorType == AlreadyThere ? next : throw created.Failure("the creation of the next index");
    }

    public async ValueTask<long> CountMissingAsync(CancellationToken cancellationToken)
    {
        Check(await client.PostAsync($"/{alias}/_refresh", null, cancellationToken), "a refresh");
        Check(await client.PostAsync($"/{buildingAlias}/_refresh", null, cancellationToken), "a refresh");
        await using var next = ScanAsync(buildingAlias, cancellationToken).GetAsyncEnumerator(cancellationToken);
        var missing = 0L;
        var isThere = await next.MoveNextAsync();
        // Both come by id in the engine's order, so equal ids meet when each that only the new index has is passed over.
        await foreach (var (id, version) in ScanAsync(alias, cancellationToken))
        {
            while (isThere && CompareUtf8(next.Current.Id, id) < 0)
                isThere = await next.MoveNextAsync();
            if (!isThere || next.Current.Id != id || next.Current.Version < version)
                missing++;
        }

        return missing;
    }

    public async ValueTask SwitchAsync(CancellationToken cancellationToken)
    {
        if (await BuildingAsync(cancellationToken) is not { } next || await IndexBehindAsync(alias, cancellationToken) is not { } old)
            return;
        var switched = await client.PostAsync("/_aliases", RequestBodies.Switch(old, next, alias, buildingAlias), cancellationToken);
        // Another replica was faster.
        if (switched.ErrorType == "aliases_not_found_exception")
            return;
        Check(switched, "the switch");
        var dropped = await client.DeleteAsync($"/{old}", cancellationToken);
        if (dropped.Status != 404)
            Check(dropped, "the removal of the old index");
    }

    private async ValueTask<bool> ExistsAsync(string name, CancellationToken cancellationToken)
    {
        var answer = await client.HeadAsync($"/_alias/{name}", cancellationToken);
        return answer.Status != 404 && (answer.IsSuccess ? true : throw answer.Failure("a look for an alias"));
    }

    private async ValueTask<string?> IndexBehindAsync(string name, CancellationToken cancellationToken)
    {
        var answer = await client.GetAsync($"/_alias/{name}", cancellationToken);
        if (answer.Status == 404)
            return null;
        Check(answer, "a look for an alias");
        return answer.Json.EnumerateObject().First().Name;
    }

    private async IAsyncEnumerable<(string Id, long Version)> ScanAsync(
        string name, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        const int PageSize = 1_000;
        for (string? after = null; ;)
        {
            var hits = await HitsAsync(name, RequestBodies.Scan(PageSize, after), cancellationToken);
            foreach (var hit in hits)
                yield return (after = hit.GetProperty("sort")[0].GetString()!, hit.GetProperty("_source").GetProperty("version").GetInt64());
            if (hits.Count < PageSize)
                yield break;
        }
    }

    /// <exception cref="DependencyUnavailableException">The engine is away, or could ask only some of its shards.</exception>
    private async ValueTask<List<JsonElement>> HitsAsync(string name, byte[] body, CancellationToken cancellationToken)
    {
        var answer = await client.PostAsync($"/{name}/_search", body, cancellationToken);
        Check(answer, "a search");
        // A shard without a node does not count as failed, but its hits are missing all the same.
        if (answer.Json.TryGetProperty("_shards", out var shards) && shards.GetProperty("successful").GetInt32() < shards.GetProperty("total").GetInt32())
            throw new DependencyUnavailableException("OpenSearch asked only some of its shards.");
        return answer.Json.TryGetProperty("hits", out var found) && found.TryGetProperty("hits", out var hits) ? [.. hits.EnumerateArray()] : [];
    }

    private static FoundThing Thing(JsonElement hit)
    {
        var sort = hit.GetProperty("sort");
        var source = hit.TryGetProperty("_source", out var given) ? given : default;
        return new FoundThing(sort[1].GetString()!, Text(source, "name"), Text(source, "description"), sort[0].GetDouble());
    }

    private static string? Text(JsonElement source, string name) =>
        source.ValueKind is JsonValueKind.Object && source.TryGetProperty(name, out var text) ? text.GetString() : null;

    private static string NameAfter(string index)
    {
        var dash = index.LastIndexOf('-');
        var number = int.Parse(index.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture);
        return string.Create(CultureInfo.InvariantCulture, $"{index.AsSpan(0, dash + 1)}{number + 1}");
    }

    private static int CompareUtf8(string one, string other) =>
        System.Text.Encoding.UTF8.GetBytes(one).AsSpan().SequenceCompareTo(System.Text.Encoding.UTF8.GetBytes(other));

    private static void Check(OpenSearchAnswer answer, string call)
    {
        if (!answer.IsSuccess)
            throw answer.Failure(call);
    }
}
