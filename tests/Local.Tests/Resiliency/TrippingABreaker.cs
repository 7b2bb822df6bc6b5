using CloudNative.Local.Resiliency;

namespace CloudNative.Local.Tests.Resiliency;

public sealed class TrippingABreaker
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly BreakerPolicy Policy =
        BreakerPolicy.Default with { Timeout = TimeSpan.FromSeconds(3), Trip = TripExpression.Parse("consecutiveFailures > 2") };

    [Fact]
    public void it_opens_with_the_failure_that_makes_the_condition_true()
    {
        var state = Failed(BreakerState.Initial(Policy, Start), 2);
        state.Phase.ShouldBe(BreakerPhase.Closed);

        Failed(state, 1).Phase.ShouldBe(BreakerPhase.Open);
    }

    [Fact]
    public void a_success_in_between_begins_the_count_again()
    {
        var state = Once(Failed(BreakerState.Initial(Policy, Start), 2), succeeds: true, Start);

        Failed(state, 2).Phase.ShouldBe(BreakerPhase.Closed);
    }

    [Fact]
    public void open_it_refuses_until_its_timeout_is_over_and_then_lets_one_through()
    {
        var open = Failed(BreakerState.Initial(Policy, Start), 3);

        open.Enter(Policy, Start + TimeSpan.FromSeconds(3)).Refusal.ShouldBe(CallFailure.BreakerIsOpen);
        var (trial, refusal) = open.Enter(Policy, Start + TimeSpan.FromSeconds(3.1));
        refusal.ShouldBeNull();
        trial.Phase.ShouldBe(BreakerPhase.HalfOpen);
        trial.Enter(Policy, Start + TimeSpan.FromSeconds(3.2)).Refusal.ShouldBe(CallFailure.TooManyTrials);
    }

    [Theory]
    [InlineData(true, BreakerPhase.Closed)]
    [InlineData(false, BreakerPhase.Open)]
    public void the_trial_decides(bool succeeds, BreakerPhase phase)
    {
        var open = Failed(BreakerState.Initial(Policy, Start), 3);

        Once(open, succeeds, Start + TimeSpan.FromSeconds(4)).Phase.ShouldBe(phase);
    }

    [Fact]
    public void with_more_trials_allowed_so_many_must_succeed()
    {
        var policy = Policy with { MaxRequests = 2 };
        var later = Start + TimeSpan.FromSeconds(4);
        var open = Failed(BreakerState.Initial(Policy, Start), 3);
        var first = open.Enter(policy, later).State;
        var second = first.Enter(policy, later).State;

        second.Enter(policy, later).Refusal.ShouldBe(CallFailure.TooManyTrials);
        var one = second.Leave(policy, second.Generation, succeeded: true, later);
        one.Phase.ShouldBe(BreakerPhase.HalfOpen);
        one.Leave(policy, one.Generation, succeeded: true, later).Phase.ShouldBe(BreakerPhase.Closed);
    }

    [Fact]
    public void what_began_before_it_opened_no_longer_counts()
    {
        var late = BreakerState.Initial(Policy, Start).Enter(Policy, Start).State;
        var open = Failed(late, 3);

        open.Leave(Policy, late.Generation, succeeded: true, Start).ShouldBe(open);
    }

    [Fact]
    public void closed_it_forgets_after_each_interval()
    {
        var policy = Policy with { Interval = TimeSpan.FromSeconds(10) };
        var state = Once(Once(BreakerState.Initial(policy, Start), false, Start, policy), false, Start, policy);

        Once(state, false, Start + TimeSpan.FromSeconds(11), policy).Counts.ConsecutiveFailures.ShouldBe(1);
    }

    [Theory]
    [InlineData("consecutiveFailures > 5", true)]
    [InlineData("consecutiveFailures >= 7", false)]
    [InlineData("requests >= 10 && totalFailures * 100 / requests >= 60", true)]
    [InlineData("requests >= 10 && (totalFailures / requests) > 0.5", false)]
    [InlineData("totalFailures % 4 == 0 || false", true)]
    [InlineData("!(totalSuccesses == 4)", false)]
    [InlineData("requests / consecutiveSuccesses > 1", false)]
    [InlineData("requests / consecutiveSuccesses > 1 || true", true)]
    [InlineData("-consecutiveFailures + 6 != 0", false)]
    public void the_condition_counts_as_cel_does(string trip, bool isTrue) =>
        TripExpression.Parse(trip).IsTrue(new BreakerCounts(12, 4, 8, 0, 6)).ShouldBe(isTrue);

    [Theory]
    [InlineData("")]
    [InlineData("consecutiveFailures")]
    [InlineData("consecutiveFailures >")]
    [InlineData("failures > 3")]
    [InlineData("(requests > 3")]
    [InlineData("requests > 3 &&& true")]
    [InlineData("requests && true")]
    [InlineData("requests + (1 > 2) > 3")]
    [InlineData("requests > 3; true")]
    public void a_condition_that_is_none_is_refused(string trip) => Should.Throw<FormatException>(() => TripExpression.Parse(trip));

    private static BreakerState Failed(BreakerState state, int times) =>
        Enumerable.Range(0, times).Aggregate(state, (current, _) => Once(current, succeeds: false, Start));

    private static BreakerState Once(BreakerState state, bool succeeds, DateTimeOffset now, BreakerPolicy? policy = null)
    {
        var (entered, refusal) = state.Enter(policy ?? Policy, now);
        refusal.ShouldBeNull();
        return entered.Leave(policy ?? Policy, entered.Generation, succeeds, now);
    }
}
