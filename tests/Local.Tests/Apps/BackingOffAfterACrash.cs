namespace CloudNative.Local.Apps;

public sealed class BackingOffAfterACrash
{
    [Fact]
    public void doubles_from_half_a_second_to_ten_seconds()
    {
        var waits = new List<double>();
        for (var (backoff, crash) = (RestartBackoff.None.AfterCrash(TimeSpan.Zero), 0); crash < 7; crash++, backoff = backoff.AfterCrash(TimeSpan.FromSeconds(29)))
            waits.Add(backoff.Wait.TotalSeconds);

        waits.ShouldBe([0.5, 1, 2, 4, 8, 10, 10]);
    }

    [Fact]
    public void begins_anew_after_thirty_seconds_without_a_crash() =>
        new RestartBackoff(TimeSpan.FromSeconds(8)).AfterCrash(TimeSpan.FromSeconds(30)).Wait.ShouldBe(TimeSpan.FromSeconds(0.5));
}
