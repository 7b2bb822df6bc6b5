namespace CloudNative.Conformance;

[TestCaseOrderer(typeof(SelectedRecordings))]
public sealed class TheLocalRuntime(ParallelReplays replays) : IClassFixture<ParallelReplays>
{
    private static readonly NotServed NotServed = NotServed.Read();

    public static TheoryData<string> Recordings() => [.. ParallelReplays.All.Where(IsServed)];

    [Theory, MemberData(nameof(Recordings))]
    public async Task answers_as_recorded(string recording)
    {
        var outcome = await replays.OutcomeOfAsync(recording, TestContext.Current.CancellationToken);

        outcome.Verdict.ShouldBe(Verdict.Same, $"{outcome.Detail}\n{outcome.Log}");
    }

    [Fact]
    public void leaves_nothing_out_by_a_rule_that_stands_for_nothing()
    {
        var recordings = ParallelReplays.All.Select(name => Recording.Load(ParallelReplays.FileOf(name))).ToList();

        NotServed.Rules.Where(rule => rule.Kind != "log" && !recordings.Exists(rule.CoversWhole)).ShouldBeEmpty();
    }

    private static bool IsServed(string name)
    {
        using var recording = Recording.Load(ParallelReplays.FileOf(name));
        return NotServed.Reason(recording) is null;
    }
}
