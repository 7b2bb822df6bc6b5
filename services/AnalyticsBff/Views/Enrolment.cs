using CloudNative.BuildingBlocks.State;

namespace CloudNative.AnalyticsBff;

/// <summary>
/// Puts a user's month where queries find it, before its first event is counted: into the view's list of months, then in one
/// transaction into the month's directory of users and the user's list of months. One without a counter is harmless.
/// </summary>
internal sealed class Enrolment(IStateStore store)
{
    private const int Attempts = 8;

    /// <exception cref="StateStoreException">It is not known to be done.</exception>
    public async ValueTask EnrolAsync(View view, string user, string month, CancellationToken cancellationToken)
    {
        await ListMonthAsync(view, month, cancellationToken);
        for (var attempt = 1; ; attempt++)
        {
            var entry = await store.GetAsync(view.UserKey(user), cancellationToken);
            var months = NameList.Read(entry);
            if (months.Contains(month))
                return;
            var users = view.UsersOf(month);
            using var edit = await users.Index.AddAsync(user, cancellationToken);
            if (await TryWriteAsync([users.Store.Whole(edit.Write), NameList.Write(entry, [.. months, month])], attempt, cancellationToken))
                return;
        }
    }

    private async ValueTask ListMonthAsync(View view, string month, CancellationToken cancellationToken)
    {
        for (var attempt = 1; !view.ListedMonths.ContainsKey(month); attempt++)
        {
            var entry = await store.GetAsync(view.MonthsKey, cancellationToken);
            var months = NameList.Read(entry);
            if (months.Contains(month) || await TryWriteAsync([NameList.Write(entry, [.. months, month])], attempt, cancellationToken))
                view.ListedMonths[month] = true;
        }
    }

    private async ValueTask<bool> TryWriteAsync(IReadOnlyList<StateWrite> writes, int attempt, CancellationToken cancellationToken)
    {
        try
        {
            await store.TransactAsync(writes, cancellationToken);
            return true;
        }
        catch (StateStoreException) when (attempt < Attempts)
        {
            // Another was faster, or the answer was lost: what is there now decides.
            return false;
        }
    }
}
