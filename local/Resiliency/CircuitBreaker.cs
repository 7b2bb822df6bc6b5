namespace CloudNative.Local.Resiliency;

/// <summary>One breaker, shared by all calls to its target.</summary>
internal sealed class CircuitBreaker(BreakerPolicy policy, TimeProvider time)
{
    private readonly Lock sync = new();
    private BreakerState state = BreakerState.Initial(policy, time.GetUtcNow());

    /// <summary>The refusal, or null and the generation to leave with.</summary>
    public CallFailure? TryEnter(out int generation)
    {
        lock (sync)
        {
            (state, var refusal) = state.Enter(policy, time.GetUtcNow());
            generation = state.Generation;
            return refusal;
        }
    }

    public void Leave(int generation, bool succeeded)
    {
        lock (sync)
            state = state.Leave(policy, generation, succeeded, time.GetUtcNow());
    }
}
