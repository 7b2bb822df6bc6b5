using CloudNative.Local.Resiliency;
using CloudNative.Local.Resources;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace CloudNative.Local.Tests.Resiliency;

public sealed class CallingUnderAPolicy : IDisposable
{
    private readonly ScratchFolder folder = new();
    private readonly FakeTimeProvider time = new();
    private int attempts;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task a_failure_is_repeated_until_it_succeeds()
    {
        var policy = Outbound("retries: {p: {duration: 10ms, maxRetries: 3}}", "retry: p");

        var outcome = await AdvanceAsync(policy.RunAsync(FailsUntil(3), TestContext.Current.CancellationToken));

        outcome.ShouldBe(CallOutcome.Success(3));
    }

    [Fact]
    public async Task the_last_failure_is_the_outcome_when_the_retries_are_over()
    {
        var policy = Outbound("retries: {p: {duration: 10ms, maxRetries: 2}}", "retry: p");

        var outcome = await AdvanceAsync(policy.RunAsync(FailsUntil(int.MaxValue), TestContext.Current.CancellationToken));

        outcome.ShouldBe(CallOutcome.Failed(3, CallFailure.Uncoded));
    }

    [Fact]
    public async Task every_attempt_has_the_timeout_for_itself()
    {
        var policy = Outbound("timeouts: {p: 1s}\nretries: {p: {duration: 10ms, maxRetries: 1}}", "timeout: p, retry: p");

        var outcome = await AdvanceAsync(policy.RunAsync<int>(HangsAsync, TestContext.Current.CancellationToken));

        outcome.Failure.ShouldBe(CallFailure.TimedOut);
        outcome.Failure!.Text.ShouldBe("context deadline exceeded");
        attempts.ShouldBe(2);
    }

    [Fact]
    public async Task a_caller_that_gives_up_ends_the_call()
    {
        var policy = Outbound("timeouts: {p: 1h}\nretries: {p: {}}", "timeout: p, retry: p");
        using var caller = new CancellationTokenSource();
        var call = policy.RunAsync<int>(HangsAsync, caller.Token).AsTask();

        await caller.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(call);
        attempts.ShouldBe(1);
    }

    [Fact]
    public async Task an_open_breaker_ends_the_retries_and_spares_the_callee()
    {
        var policy = Outbound("retries: {p: {duration: 10ms, maxRetries: 9}}\ncircuitBreakers: {p: {trip: consecutiveFailures > 1}}", "retry: p, circuitBreaker: p");

        var outcome = await AdvanceAsync(policy.RunAsync(FailsUntil(int.MaxValue), TestContext.Current.CancellationToken));

        outcome.Failure.ShouldBe(CallFailure.BreakerIsOpen);
        outcome.Failure!.Text.ShouldBe("circuit breaker is open");
        attempts.ShouldBe(2);
    }

    [Fact]
    public async Task an_exception_counts_for_the_breaker_and_passes_through()
    {
        var policy = Outbound("circuitBreakers: {p: {trip: consecutiveFailures > 0}}", "circuitBreaker: p");
        await Should.ThrowAsync<InvalidDataException>(async () => await policy.RunAsync<int>(_ => throw new InvalidDataException(), TestContext.Current.CancellationToken));

        (await policy.RunAsync(FailsUntil(1), TestContext.Current.CancellationToken)).Failure.ShouldBe(CallFailure.BreakerIsOpen);
    }

    [Fact]
    public async Task one_breaker_guards_a_component_in_both_directions()
    {
        var policies = Policies(
            "circuitBreakers: {p: {trip: consecutiveFailures > 0}}", "{inbound: {circuitBreaker: p}, outbound: {circuitBreaker: p}}");
        var inbound = policies.ForComponent("things", ComponentKind.Pubsub, CallDirection.Inbound);
        await inbound.RunAsync(FailsUntil(2), TestContext.Current.CancellationToken);

        var outbound = policies.ForComponent("things", ComponentKind.Pubsub, CallDirection.Outbound);

        (await outbound.RunAsync(FailsUntil(1), TestContext.Current.CancellationToken)).Failure.ShouldBe(CallFailure.BreakerIsOpen);
    }

    [Fact]
    public async Task a_policy_that_does_not_exist_is_none()
    {
        var policy = Outbound("timeouts: {p: 1s}", "retry: nowhere, circuitBreaker: nowhere");

        policy.IsAny.ShouldBeFalse();
        (await policy.RunAsync(FailsUntil(2), TestContext.Current.CancellationToken)).ShouldBe(CallOutcome.Failed(1, CallFailure.Uncoded));
    }

    private CallPolicy Outbound(string policies, string target) =>
        Policies(policies, $"{{outbound: {{{target}}}}}").ForComponent("things", ComponentKind.Statestore, CallDirection.Outbound);

    private ResiliencyPolicies Policies(string policies, string target)
    {
        folder.Write("r.yaml", $"""
            apiVersion: dapr.io/v1alpha1
            kind: Resiliency
            metadata: {"{name: r}"}
            spec:
              policies:
                {policies.ReplaceLineEndings("\n    ")}
              targets:
                components:
                  things: {target}
            """);
        return ResiliencyPolicies.From(ResourceLoader.Load([folder.Root]).Documents, time, NullLoggerFactory.Instance);
    }

    private Func<CancellationToken, ValueTask<CallOutcome<int>>> FailsUntil(int attempt) => _ =>
    {
        attempts++;
        return new(attempts >= attempt ? CallOutcome.Success(attempts) : CallOutcome.Failed(attempts, CallFailure.Uncoded));
    };

    private async ValueTask<CallOutcome<int>> HangsAsync(CancellationToken cancellationToken)
    {
        attempts++;
        await Task.Delay(Timeout.InfiniteTimeSpan, time, cancellationToken);
        return CallOutcome.Success(0);
    }

    private async Task<CallOutcome<int>> AdvanceAsync(ValueTask<CallOutcome<int>> call)
    {
        var running = call.AsTask();
        while (!running.IsCompleted)
        {
            time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }
        return await running;
    }
}
