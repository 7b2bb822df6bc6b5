using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;

namespace CloudNative.Local.Apps;

public sealed class KnowingProcesses
{
    [Fact]
    public async Task a_process_is_itself_until_it_has_ended()
    {
        using var process = Process.Start("sleep", ["60"]);
        var identity = ProcessIdentity.Of(process.Id).ShouldNotBeNull();

        identity.IsRunning.ShouldBeTrue();
        process.Kill();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        identity.IsRunning.ShouldBeFalse();
    }

    [Fact]
    public void another_process_of_the_same_number_is_not_it()
    {
        var earlier = ProcessIdentity.Current with { StartedAt = ProcessIdentity.Current.StartedAt.AddMinutes(-1) };

        earlier.IsRunning.ShouldBeFalse();
    }

    [Fact]
    public async Task one_that_heeds_SIGTERM_ends_by_itself()
    {
        using var heedful = Process.Start(new ProcessStartInfo("sh", ["-c", "trap 'exit 3' TERM; echo trapped; while :; do sleep 0.05; done"]) { RedirectStandardOutput = true })!;
        var identity = ProcessIdentity.Of(heedful.Id).ShouldNotBeNull();
        (await heedful.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken)).ShouldBe("trapped");

        await ProcessEnding.EndAsync(new AppProcesses(identity, null), TimeProvider.System);

        await heedful.WaitForExitAsync(TestContext.Current.CancellationToken);
        heedful.ExitCode.ShouldBe(3);
    }

    [Fact]
    public async Task one_that_ignores_SIGTERM_is_killed_after_ten_seconds()
    {
        var time = new FakeTimeProvider();
        using var stubborn = Process.Start(new ProcessStartInfo("sh", ["-c", "trap '' TERM; echo trapped; while :; do sleep 0.05; done"]) { RedirectStandardOutput = true })!;
        var identity = ProcessIdentity.Of(stubborn.Id).ShouldNotBeNull();
        (await stubborn.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken)).ShouldBe("trapped");

        var ending = ProcessEnding.EndAsync(new AppProcesses(identity, null), time);
        time.Advance(TimeSpan.FromSeconds(9.9));
        identity.IsRunning.ShouldBeTrue();
        while (!ending.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(0.1));
            await Task.Yield();
        }

        await ending;
        await stubborn.WaitForExitAsync(TestContext.Current.CancellationToken);
        stubborn.ExitCode.ShouldBe(128 + Signals.Kill);
    }

    [Fact]
    public void the_listener_of_a_port_is_found()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();

        ListeningProcess.Of(((IPEndPoint)listener.LocalEndpoint).Port).ShouldBe(Environment.ProcessId);
    }
}
