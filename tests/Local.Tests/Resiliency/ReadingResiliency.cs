using CloudNative.Local.Resiliency;
using CloudNative.Local.Resources;

namespace CloudNative.Local.Tests.Resiliency;

public sealed class ReadingResiliency : IDisposable
{
    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void policies_are_read_whole()
    {
        var read = Read("""
            policies:
              timeouts: {short: 500ms, plain: "250", number: 2}
              retries:
                few: {policy: exponential, duration: "400", maxInterval: 1m, maxRetries: 2, matching: {httpStatusCodes: "429,500-599", gRPCStatusCodes: "14"}}
                bare: {}
              circuitBreakers:
                cb: {maxRequests: 2, interval: 8s, timeout: 3s, trip: consecutiveFailures > 2}
                zero: {maxRequests: 0}
            """).Definition;

        read.Timeouts["short"].ShouldBe(TimeSpan.FromMilliseconds(500));
        read.Timeouts["plain"].ShouldBe(TimeSpan.FromMilliseconds(250));
        read.Timeouts["number"].ShouldBe(TimeSpan.FromMilliseconds(2));
        var few = read.Retries["few"];
        (few.Backoff, few.Duration, few.MaxInterval, few.MaxRetries)
            .ShouldBe((Backoff.Exponential, TimeSpan.FromMilliseconds(400), TimeSpan.FromMinutes(1), 2));
        (few.HttpCodes.Contains(429), few.HttpCodes.Contains(404), few.GrpcCodes.Contains(14), few.GrpcCodes.Contains(4)).ShouldBe((true, false, true, false));
        read.Retries["bare"].ShouldBe(RetryPolicy.Default);
        var breaker = read.CircuitBreakers["cb"];
        (breaker.MaxRequests, breaker.Interval, breaker.Timeout).ShouldBe((2, TimeSpan.FromSeconds(8), TimeSpan.FromSeconds(3)));
        read.CircuitBreakers["zero"].MaxRequests.ShouldBe(1);
    }

    [Fact]
    public void a_named_target_does_without_every_default_in_both_directions()
    {
        var read = Read("""
            policies:
              timeouts: {DefaultTimeoutPolicy: 1s, short: 1ms}
              retries: {DefaultRetryPolicy: {}}
            targets:
              components: {things: {outbound: {timeout: short}}}
            """).Definition;

        read.ForComponent("things", ComponentKind.Statestore, CallDirection.Outbound).ShouldBe(new PolicyNames("short", null, null));
        read.ForComponent("things", ComponentKind.Statestore, CallDirection.Inbound).ShouldBe(PolicyNames.None);
        read.ForComponent("others", ComponentKind.Statestore, CallDirection.Inbound).ShouldBe(new PolicyNames("DefaultTimeoutPolicy", "DefaultRetryPolicy", null));
    }

    [Theory]
    [InlineData("DefaultPubsubComponentInboundRetryPolicy", true, false, false, false)]
    [InlineData("DefaultComponentInboundRetryPolicy", true, true, false, false)]
    [InlineData("DefaultComponentRetryPolicy", true, true, true, false)]
    [InlineData("DefaultRetryPolicy", true, true, true, true)]
    [InlineData("DefaultAppRetryPolicy", false, false, false, true)]
    public void a_default_policy_is_found_by_its_name(string name, bool toSubscriber, bool fromBinding, bool toStore, bool toApp)
    {
        var read = Read($"policies: {{retries: {{{name}: {{}}}}}}").Definition;

        (read.ForComponent("c", ComponentKind.Pubsub, CallDirection.Inbound).Retry == name).ShouldBe(toSubscriber);
        (read.ForComponent("c", ComponentKind.Binding, CallDirection.Inbound).Retry == name).ShouldBe(fromBinding);
        (read.ForComponent("c", ComponentKind.Statestore, CallDirection.Outbound).Retry == name).ShouldBe(toStore);
        (read.ForApp("a").Retry == name).ShouldBe(toApp);
    }

    [Fact]
    public void the_most_specific_default_wins()
    {
        var read = Read("policies: {timeouts: {DefaultTimeoutPolicy: 1s, DefaultComponentTimeoutPolicy: 1s, DefaultPubsubComponentOutboundTimeoutPolicy: 1s}}").Definition;

        read.ForComponent("c", ComponentKind.Pubsub, CallDirection.Outbound).Timeout.ShouldBe("DefaultPubsubComponentOutboundTimeoutPolicy");
        read.ForComponent("c", ComponentKind.Pubsub, CallDirection.Inbound).Timeout.ShouldBe("DefaultComponentTimeoutPolicy");
        read.ForActor("a").Names.Timeout.ShouldBe("DefaultTimeoutPolicy");
    }

    [Fact]
    public void a_built_in_policy_keeps_three_retries_at_least()
    {
        Read("policies: {retries: {DaprBuiltInServiceRetries: {duration: 5ms, maxRetries: -1}}}").Definition.Retries["DaprBuiltInServiceRetries"]
            .ShouldBe(RetryPolicy.Default with { Duration = TimeSpan.FromMilliseconds(5), MaxRetries = 3 });
        Read("{}").Definition.Retries["DaprBuiltInServiceRetries"].MaxRetries.ShouldBe(3);
    }

    [Fact]
    public void actors_have_breakers_by_type_or_by_id()
    {
        var read = Read("""
            policies: {circuitBreakers: {cb: {}}}
            targets: {actors: {one: {circuitBreaker: cb, circuitBreakerScope: both}, other: {retry: r}}}
            """).Definition;

        read.ForActor("one").BreakerScope.ShouldBe(ActorBreakerScope.Both);
        read.ForActor("other").ShouldBe(new ActorPolicyNames(new PolicyNames(null, "r", null), ActorBreakerScope.Type));
    }

    [Theory]
    [InlineData("policies: {timeouts: {t: soon}}", "'soon' is no duration")]
    [InlineData("policies: {retries: {r: {maxRetries: many}}}", "'many' is no number")]
    [InlineData("policies: {retries: {r: {policy: linear}}}", "no retry policy")]
    [InlineData("policies: {retries: {r: {matching: {httpStatusCodes: 5xx}}}}", "no status code")]
    [InlineData("policies: {circuitBreakers: {c: {trip: failures > 2}}}", "the trip expression 'failures > 2'")]
    [InlineData("targets: {actors: {a: {circuitBreaker: c}}}", "circuitBreakerScope")]
    public void a_resource_with_a_mistake_is_left_out_and_named(string spec, string problem)
    {
        var read = Read(spec + "\n", "DefaultTimeoutPolicy: 1s");

        read.Faults.ShouldHaveSingleItem().ToString().ShouldContain(problem);
        read.Faults[0].Problem.ShouldStartWith("Resiliency r0 is not used: ");
        read.Definition.Timeouts.Keys.ShouldBe(["DefaultTimeoutPolicy"]);
    }

    private (ResiliencyDefinition Definition, IReadOnlyList<ResourceFault> Faults) Read(string spec, string? furtherTimeouts = null)
    {
        Write(0, spec);
        if (furtherTimeouts is not null)
            Write(1, $"policies: {{timeouts: {{{furtherTimeouts}}}}}");
        return ResiliencyReader.Read(ResourceLoader.Load([folder.Root]).Documents);
    }

    private void Write(int number, string spec) => folder.Write(
        $"{number}.yaml",
        $"apiVersion: dapr.io/v1alpha1\nkind: Resiliency\nmetadata: {{name: r{number}}}\nspec:\n  {spec.ReplaceLineEndings("\n  ")}\n");
}
