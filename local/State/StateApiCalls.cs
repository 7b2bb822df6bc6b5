using CloudNative.Local.Faults;
using CloudNative.Local.Resiliency;

namespace CloudNative.Local.State;

/// <summary>Calls of one component: past its fault switch, and under its outbound policies where there are any.</summary>
internal sealed class StateApiCalls(string name, IStateComponent component, IFaultSwitches faults, CallPolicy policy)
{
    public IReadOnlyList<string> Capabilities => component.Capabilities;

    public ValueTask<StateRow?> GetAsync(string key, CancellationToken cancellationToken) => policy.IsAny
        ? RunAsync(attempt => GetOnceAsync(key, attempt), cancellationToken)
        : GetOnceAsync(key, cancellationToken);

    public ValueTask<IReadOnlyList<StateRow>> GetBulkAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken) => policy.IsAny
        ? RunAsync(attempt => GetBulkOnceAsync(keys, attempt), cancellationToken)
        : GetBulkOnceAsync(keys, cancellationToken);

    public ValueTask<bool> ApplyAsync(StateOperation operation, CancellationToken cancellationToken) => policy.IsAny
        ? RunAsync(attempt => ApplyOnceAsync(operation, attempt), cancellationToken)
        : ApplyOnceAsync(operation, cancellationToken);

    public ValueTask<bool> TransactAsync(IReadOnlyList<StateOperation> operations, CancellationToken cancellationToken) => policy.IsAny
        ? RunAsync(attempt => TransactOnceAsync(operations, attempt), cancellationToken)
        : TransactOnceAsync(operations, cancellationToken);

    private async ValueTask<T> RunAsync<T>(Func<CancellationToken, ValueTask<T>> call, CancellationToken cancellationToken)
    {
        var (value, problem) = await ComponentCall.RunAsync(policy, call, cancellationToken);
        return problem is null ? value! : throw problem;
    }

    private async ValueTask<StateRow?> GetOnceAsync(string key, CancellationToken cancellationToken)
    {
        await faults.PassAsync(name, cancellationToken);
        return await component.GetAsync(key, cancellationToken);
    }

    private async ValueTask<IReadOnlyList<StateRow>> GetBulkOnceAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken)
    {
        await faults.PassAsync(name, cancellationToken);
        return await component.GetBulkAsync(keys, cancellationToken);
    }

    private async ValueTask<bool> ApplyOnceAsync(StateOperation operation, CancellationToken cancellationToken)
    {
        await faults.PassAsync(name, cancellationToken);
        await component.ApplyAsync(operation, cancellationToken);
        return true;
    }

    private async ValueTask<bool> TransactOnceAsync(IReadOnlyList<StateOperation> operations, CancellationToken cancellationToken)
    {
        await faults.PassAsync(name, cancellationToken);
        await component.TransactAsync(operations, cancellationToken);
        return true;
    }
}
