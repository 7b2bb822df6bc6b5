using CloudNative.Local.Resiliency;

namespace CloudNative.Local.Tests.Resiliency;

public sealed class PausingBetweenAttempts
{
    [Theory]
    [InlineData(0, new int[0])]
    [InlineData(2, new[] { 300, 300 })]
    public void a_constant_policy_waits_the_same_each_time_and_gives_up_after_its_retries(int most, int[] pauses) =>
        Pauses(RetryPolicy.Default with { Duration = TimeSpan.FromMilliseconds(300), MaxRetries = most }, 0.5).ShouldBe(pauses);

    [Theory]
    [InlineData(0.0, new[] { 250, 375, 500, 500 })]
    [InlineData(0.5, new[] { 500, 750, 1000, 1000 })]
    [InlineData(1.0, new[] { 750, 1125, 1500, 1500 })]
    public void an_exponential_policy_grows_by_half_up_to_its_limit_and_is_spread_after_that(double random, int[] pauses) =>
        Pauses(RetryPolicy.Default with { Backoff = Backoff.Exponential, MaxInterval = TimeSpan.FromSeconds(1), MaxRetries = 4 }, random).ShouldBe(pauses);

    [Fact]
    public void without_a_number_of_retries_there_is_no_end_to_them()
    {
        RetryPolicy.Default.Pause(CallFailure.Uncoded, 1_000_000, 0.5).ShouldBe(TimeSpan.FromSeconds(5));
        (RetryPolicy.Default with { Backoff = Backoff.Exponential }).Pause(CallFailure.Uncoded, 1_000_000, 0.5).ShouldBe(TimeSpan.FromSeconds(60));
    }

    [Theory]
    [InlineData(FailureKind.HttpStatus, 429, true)]
    [InlineData(FailureKind.HttpStatus, 503, true)]
    [InlineData(FailureKind.HttpStatus, 500, false)]
    [InlineData(FailureKind.GrpcStatus, 14, true)]
    [InlineData(FailureKind.GrpcStatus, 3, false)]
    [InlineData(FailureKind.Uncoded, 0, true)]
    [InlineData(FailureKind.TimedOut, 0, true)]
    [InlineData(FailureKind.BreakerOpen, 0, false)]
    [InlineData(FailureKind.Final, 0, false)]
    public void only_codes_that_match_are_repeated_and_what_has_none_always(FailureKind kind, int code, bool isRepeated)
    {
        var policy = RetryPolicy.Default with
        {
            HttpCodes = StatusCodeRanges.Parse("429,502-504", 100, 599),
            GrpcCodes = StatusCodeRanges.Parse("14", 0, 16),
        };

        policy.Pause(new CallFailure(kind, code), 1, 0.5).HasValue.ShouldBe(isRepeated);
    }

    [Theory]
    [InlineData("5xx")]
    [InlineData("500-")]
    [InlineData("504-502")]
    [InlineData("500-502-504")]
    [InlineData("700")]
    [InlineData("500,")]
    public void a_list_of_codes_that_is_none_is_refused(string text) =>
        Should.Throw<FormatException>(() => StatusCodeRanges.Parse(text, 100, 599));

    private static IReadOnlyList<int> Pauses(RetryPolicy policy, double random)
    {
        var pauses = new List<int>();
        while (pauses.Count < 10 && policy.Pause(CallFailure.Uncoded, pauses.Count + 1, random) is { } pause)
            pauses.Add((int)pause.TotalMilliseconds);
        return pauses;
    }
}
