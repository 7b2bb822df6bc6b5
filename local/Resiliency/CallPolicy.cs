namespace CloudNative.Local.Resiliency;

/// <summary>
/// What holds for calls to one target, from the inside out: each attempt has a timeout, the breaker counts attempts, the retry repeats them.
/// </summary>
public sealed class CallPolicy
{
    private readonly TimeSpan? timeout;
    private readonly RetryPolicy? retry;
    private readonly CircuitBreaker? breaker;
    private readonly TimeProvider time;

    internal CallPolicy(TimeSpan? timeout, RetryPolicy? retry, CircuitBreaker? breaker, TimeProvider time)
    {
        this.timeout = timeout > TimeSpan.Zero ? timeout : null;
        this.retry = retry;
        this.breaker = breaker;
        this.time = time;
    }

    /// <summary>One attempt, whatever it comes to.</summary>
    public static CallPolicy None { get; } = new(null, null, null, TimeProvider.System);

    /// <summary>False: a call under it is a plain call, and may spare the detour.</summary>
    public bool IsAny => timeout is not null || retry is not null || breaker is not null;

    /// <summary>Calls until it succeeds or a policy ends it; exceptions other than of the timeout pass through at once and count as failures.</summary>
    public async ValueTask<CallOutcome<T>> RunAsync<T>(
        Func<CancellationToken, ValueTask<CallOutcome<T>>> attempt, CancellationToken cancellationToken)
    {
        for (var failures = 1; ; failures++)
        {
            var outcome = await GuardedAsync(attempt, cancellationToken);
            if (outcome.Failure is not { } failure || retry?.Pause(failure, failures, Jitter()) is not { } pause)
                return outcome;
            await Task.Delay(pause, time, cancellationToken);
        }
    }

    private async ValueTask<CallOutcome<T>> GuardedAsync<T>(
        Func<CancellationToken, ValueTask<CallOutcome<T>>> attempt, CancellationToken cancellationToken)
    {
        if (breaker is null)
            return await TimedAsync(attempt, cancellationToken);
        if (breaker.TryEnter(out var generation) is { } refusal)
            return new CallOutcome<T>(default, refusal);
        var succeeded = false;
        try
        {
            var outcome = await TimedAsync(attempt, cancellationToken);
            succeeded = outcome.Failure is null;
            return outcome;
        }
        finally
        {
            breaker.Leave(generation, succeeded);
        }
    }

    private async ValueTask<CallOutcome<T>> TimedAsync<T>(
        Func<CancellationToken, ValueTask<CallOutcome<T>>> attempt, CancellationToken cancellationToken)
    {
        if (timeout is not { } limit)
            return await attempt(cancellationToken);
        using var deadline = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            return await attempt(either.Token);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return new CallOutcome<T>(default, CallFailure.TimedOut);
        }
    }

#pragma warning disable CA5394 // Spreads retries in time; nothing depends on it being hard to guess.
    private static double Jitter() => Random.Shared.NextDouble();
#pragma warning restore CA5394
}
