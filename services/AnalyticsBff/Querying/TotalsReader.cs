using System.Runtime.CompilerServices;
using CloudNative.BuildingBlocks.State;

namespace CloudNative.AnalyticsBff;

internal sealed record TotalsRow(string User, string Month, Totals Totals);

/// <summary>A page of rows. <paramref name="Next"/> is null exactly when nothing follows.</summary>
internal sealed record TotalsPage(IReadOnlyList<TotalsRow> Rows, TotalsPosition? Next);

/// <summary>
/// Reads rows by month, then user, from the directories: a page costs what it shows, however many rows there are before, after or
/// outside of it.
/// </summary>
internal sealed class TotalsReader(IStateStore store, ViewCatalogue catalogue, ViewSet views)
{
    private const int KeysPerCall = 64;

    public async ValueTask<TotalsPage> ReadAsync(TotalsQuery query, TotalsPosition? after, CancellationToken cancellationToken)
    {
        var view = views.Get((await catalogue.ReadAsync(cancellationToken)).Views.Live);
        var rows = new List<TotalsRow>();
        var places = query.UserId is { } user ? OfUserAsync(view, user, query, after, cancellationToken) : OfAllAsync(view, query, after, cancellationToken);
        await using var following = places.GetAsyncEnumerator(cancellationToken);

        // One more than asked for tells whether anything follows; what was listed and never counted is topped up.
        while (rows.Count <= query.Limit && await NextAsync(following, query.Limit + 1 - rows.Count) is { Count: > 0 } next)
        {
            var counters = await store.GetManyAsync([.. next.Select(place => view.CounterKey(place.User, place.Month))], cancellationToken);
            rows.AddRange(next
                .Select(place => (Place: place, Counter: counters[view.CounterKey(place.User, place.Month)]))
                .Where(row => row.Counter.Exists)
                .Select(row => new TotalsRow(row.Place.User, row.Place.Month, Totals.Read(row.Counter))));
        }

        return rows.Count <= query.Limit
            ? new TotalsPage(rows, null)
            : new TotalsPage(rows[..query.Limit], new TotalsPosition(rows[query.Limit - 1].Month, rows[query.Limit - 1].User));
    }

    private async IAsyncEnumerable<TotalsPosition> OfUserAsync(
        View view, string user, TotalsQuery query, TotalsPosition? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var months = NameList.Read(await store.GetAsync(view.UserKey(user), cancellationToken));
        foreach (var month in months.Where(month => query.Takes(month) && (after is null || string.CompareOrdinal(month, after.Month) > 0)))
            yield return new TotalsPosition(month, user);
    }

    private async IAsyncEnumerable<TotalsPosition> OfAllAsync(
        View view, TotalsQuery query, TotalsPosition? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var months = NameList.Read(await store.GetAsync(view.MonthsKey, cancellationToken));
        foreach (var month in months.Where(month => query.Takes(month) && (after is null || string.CompareOrdinal(month, after.Month) >= 0)))
        {
            await foreach (var user in view.UsersOf(month).Index.IdsAsync(month == after?.Month ? after.User : null, cancellationToken))
                yield return new TotalsPosition(month, user);
        }
    }

    private static async ValueTask<List<TotalsPosition>> NextAsync(IAsyncEnumerator<TotalsPosition> places, int count)
    {
        var next = new List<TotalsPosition>();
        while (next.Count < Math.Min(count, KeysPerCall) && await places.MoveNextAsync())
            next.Add(places.Current);
        return next;
    }
}
