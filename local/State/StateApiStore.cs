using CloudNative.Local.Resources;

namespace CloudNative.Local.State;

/// <summary>One component as the API uses it: keys get their prefix, failures become the API's errors.</summary>
internal sealed class StateApiStore(string name, string prefix, StateApiCalls component)
{
    public string Name => name;

    /// <exception cref="Sidecars.ApiException">The store has no transactions.</exception>
    public void RequireTransactions()
    {
        if (!component.Capabilities.Contains("TRANSACTIONAL"))
            throw StateApiErrors.CannotTransact(name);
    }

    /// <summary>The component's key.</summary>
    /// <param name="isNamed">Whether the refusal names the key as the field that is wrong.</param>
    /// <exception cref="Sidecars.ApiException">The key holds the separator.</exception>
    public string Key(string key, StateApiProtocol protocol, bool isNamed = true) =>
        key.Contains(StateApiKeys.Separator, StringComparison.Ordinal)
            ? throw StateApiErrors.IllegalKey(name, key, isNamed ? key : "", protocol)
            : prefix + key;

    /// <summary>The app's key again.</summary>
    public string Original(string key) => key[prefix.Length..];

    public async ValueTask<StateRow?> GetAsync(string key, StateApiProtocol protocol, CancellationToken cancellationToken)
    {
        var stored = Key(key, protocol);
        try
        {
            return await component.GetAsync(stored, cancellationToken);
        }
        catch (ComponentException failure)
        {
            throw StateApiErrors.Get(name, key, failure.Message);
        }
    }

    public async ValueTask<IReadOnlyList<StateRow>> GetBulkAsync(IReadOnlyList<string> keys, StateApiProtocol protocol, CancellationToken cancellationToken)
    {
        var stored = keys.Select(key => Key(key, protocol)).ToArray();
        if (stored.Length == 0)
            return [];
        try
        {
            return await component.GetBulkAsync(stored, cancellationToken);
        }
        catch (ComponentException failure)
        {
            throw StateApiErrors.GetBulk(failure.Message);
        }
    }

    public Task SaveAsync(IReadOnlyList<StateOperation> operations, CancellationToken cancellationToken) =>
        ApplyAsync(operations, "ERR_STATE_SAVE", $"failed saving state in state store {name}: ", cancellationToken);

    public Task DeleteAsync(StateOperation operation, CancellationToken cancellationToken) =>
        ApplyAsync([operation], "ERR_STATE_DELETE", $"failed deleting state with key {Original(operation.Key)}: ", cancellationToken);

    public Task DeleteBulkAsync(IReadOnlyList<StateOperation> operations, CancellationToken cancellationToken) =>
        ApplyAsync(operations, "ERR_STATE_BULK_DELETE", $"failed deleting state in state store {name}: ", cancellationToken);

    public async Task TransactAsync(IReadOnlyList<StateOperation> operations, CancellationToken cancellationToken)
    {
        if (operations.Count == 0)
            return;
        try
        {
            await component.TransactAsync(operations, cancellationToken);
        }
        catch (ComponentException failure)
        {
            throw StateApiErrors.Transaction(failure);
        }
    }

    /// <summary>Side by side, and not atomic: what can be stored is.</summary>
    private async Task ApplyAsync(IReadOnlyList<StateOperation> operations, string code, string prefix, CancellationToken cancellationToken)
    {
        if (operations.Count == 0)
            return;
        var outcomes = await Task.WhenAll(operations.Select(operation => TryApplyAsync(operation, cancellationToken)));
        // Go starts what was made ready last first, and daprd tells failures in the order they came.
        var failures = outcomes[^1..].Concat(outcomes[..^1]).OfType<ComponentException>().ToArray();
        if (failures.Length > 0)
            throw StateApiErrors.Write(code, prefix, failures, hasManyItems: operations.Count > 1);
    }

    private async Task<ComponentException?> TryApplyAsync(StateOperation operation, CancellationToken cancellationToken)
    {
        try
        {
            await component.ApplyAsync(operation, cancellationToken);
            return null;
        }
        catch (ComponentException failure)
        {
            return failure;
        }
    }
}
