using System.Collections.Concurrent;
using CloudNative.BuildingBlocks.Directories;
using CloudNative.BuildingBlocks.State;

namespace CloudNative.AnalyticsBff;

/// <summary>One counting of everything: its keys are its own, so two views never touch.</summary>
internal sealed class View(string id, IStateStore store, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, MonthUsers> months = new(StringComparer.Ordinal);

    /// <summary>Which months are known to be in the view's list.</summary>
    public ConcurrentDictionary<string, bool> ListedMonths { get; } = new(StringComparer.Ordinal);

    public string MonthsKey { get; } = $"view-{id}-months";

    public string MarkerKey(Increment increment) => $"view-{id}-{increment.Marker}";

    public string CounterKey(Increment increment) => CounterKey(increment.User, increment.Month);

    public string CounterKey(string user, string month) => $"view-{id}-total-{month}-{StateKey.ForId(user)}";

    public string UserKey(string user) => $"view-{id}-user-{StateKey.ForId(user)}";

    /// <summary>The users that have a counter for a month.</summary>
    public MonthUsers UsersOf(string month) => months.GetOrAdd(month, name =>
    {
        var part = new PrefixedStateStore(store, $"view-{id}-{name}-");
        return new MonthUsers(part, new KeyIndex(part, time));
    });
}

internal sealed record MonthUsers(PrefixedStateStore Store, KeyIndex Index);

/// <summary>The views this process has touched; each keeps what it learnt about its directories.</summary>
internal sealed class ViewSet(IStateStore store, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, View> views = new(StringComparer.Ordinal);

    public View Get(string id) => views.GetOrAdd(id, name => new View(name, store, time));
}
