using CloudNative.Local.Resources;

namespace CloudNative.Local.Resiliency;

/// <summary>Calls of a component under its outbound policies: its refusal, and a policy's, come back instead of an answer.</summary>
internal static class ComponentCall
{
    /// <returns>The answer, or why there is none.</returns>
    public static async ValueTask<(T? Value, ComponentException? Problem)> RunAsync<T>(
        CallPolicy policy, Func<CancellationToken, ValueTask<T>> call, CancellationToken cancellationToken)
    {
        var (answer, failure) = await policy.RunAsync(attempt => TryAsync(call, attempt), cancellationToken);
        return failure is { IsByPolicy: true } ? (default, new ComponentException(failure.Text)) : answer;
    }

    private static async ValueTask<CallOutcome<(T? Value, ComponentException? Problem)>> TryAsync<T>(
        Func<CancellationToken, ValueTask<T>> call, CancellationToken cancellationToken)
    {
        try
        {
            return CallOutcome.Success<(T?, ComponentException?)>((await call(cancellationToken), null));
        }
        catch (ComponentException refusal)
        {
            return CallOutcome.Failed<(T?, ComponentException?)>((default, refusal), refusal.IsRepeatable ? CallFailure.Uncoded : CallFailure.Final);
        }
    }
}
