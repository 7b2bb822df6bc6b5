using System.Net.Http.Json;
using System.Text.Json.Nodes;
using CloudNative.Local.Apps;
using CloudNative.Local.RunFiles;

namespace CloudNative.Local.Commands;

public sealed class RunningApps : IAsyncDisposable
{
    private const string Forever = "while :; do sleep 0.05; done";
    private readonly RunFolder folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => folder.DisposeAsync();

    [Fact]
    public async Task the_app_gets_the_environment_and_folder_that_the_cli_gives_it()
    {
        folder.RunsScript($"env > env.txt; pwd > cwd.txt; {Forever}", "  env: {TEAM: blue, DAPR_HTTP_PORT: \"1\", DOLLAR: $HOME}\n");
        using var host = Start();
        await host.UntilAsync("Ready");

        var environment = folder.Read("services/orders/env.txt").Split('\n').Select(line => line.Split('=', 2)).Where(pair => pair.Length == 2).ToDictionary(pair => pair[0], pair => pair[1]);
        var app = folder.Record.Apps.ShouldHaveSingleItem();

        environment["APP_ID"].ShouldBe("orders");
        environment["APP_CHANNEL_ADDRESS"].ShouldBe("");
        environment["APP_PROTOCOL"].ShouldBe("http");
        environment["TEAM"].ShouldBe("blue");
        environment["DAPR_HTTP_PORT"].ShouldBe("1");
        environment["DOLLAR"].ShouldBe("$HOME");
        environment["DAPR_GRPC_PORT"].ShouldBe(new Uri(app.Grpc).Port.ToString());
        environment.ShouldContainKey("DAPR_METRICS_PORT");
        environment.ShouldNotContainKey("APP_PORT");
        folder.Read("services/orders/cwd.txt").Trim().ShouldBe(Path.Combine(folder.Root, "services/orders"));
        environment["PWD"].ShouldBe(Path.Combine(folder.Root, "services/orders"));
    }

    [Fact]
    public async Task lines_of_both_outputs_go_to_the_log_and_with_the_apps_name_to_the_console()
    {
        folder.RunsScript($"echo out; echo err >&2; echo end; {Forever}");
        using var host = Start();

        await host.UntilAsync("== APP - orders == end");
        await host.UntilAsync("Ready");
        await host.TerminateAsync();

        folder.Read(".local/logs/orders.log").Split('\n').ShouldBe(["out", "err", "end", ""], ignoreOrder: true);
    }

    [Fact]
    public async Task a_crashed_app_is_started_again_and_shown()
    {
        folder.RunsScript($"echo started; if [ -e crashed ]; then {Forever}; fi; touch crashed; sleep 0.2; exit 3");
        using var host = Start();
        await host.UntilAsync("== APP - orders == started");
        await host.UntilAsync("== APP - orders == started");
        (await HostProcess.RunAsync(folder.Root, "status", "--wait", "30")).Code.ShouldBe(0);

        var app = await AppAsync();

        app["restarts"]!.GetValue<int>().ShouldBe(1);
        app["lastExitCode"]!.GetValue<int>().ShouldBe(3);
        app["isReady"]!.GetValue<bool>().ShouldBeTrue();
        folder.Record.Apps[0].Restarts.ShouldBe(1);
    }

    [Fact]
    public async Task an_app_that_is_killed_comes_back_as_another_process()
    {
        folder.RunsScript($"echo started; {Forever}");
        using var host = Start();
        await host.UntilAsync("Ready");
        var first = folder.Record.Apps[0].Group.ShouldNotBeNull();

        Signals.Send(first.Pid, Signals.Kill);
        await host.UntilAsync("== APP - orders == started");
        (await HostProcess.RunAsync(folder.Root, "status", "--wait", "30")).Code.ShouldBe(0);

        folder.Record.Apps[0].Group.ShouldNotBeNull().Pid.ShouldNotBe(first.Pid);
        first.IsRunning.ShouldBeFalse();
    }

    [Fact]
    public async Task an_app_that_ends_with_0_is_not_started_again_and_the_others_go_on()
    {
        folder.RunsScript("touch ran; exit 0", $"- appID: search\n  appDirPath: ./services/search\n  command: [sh, -c, \"{Forever}\"]\n");
        using var host = Start();
        await host.UntilAsync("orders  ");
        var ended = await Eventually(async () => (await AppAsync())["state"]!.GetValue<string>() == "Ended");

        ended.ShouldBeTrue();
        (await HostProcess.RunAsync(folder.Root, "status")).Output.ShouldContain("orders (ended with exit code 0)");
        folder.Record.Apps[1].Group!.IsRunning.ShouldBeTrue();
    }

    [Fact]
    public async Task a_command_that_does_not_exist_is_told_and_stops_nobody_else()
    {
        folder.Write("dapr.yaml", $"version: 1\napps:\n- appDirPath: ./services/orders\n  command: [no-such-program]\n- appDirPath: ./services/search\n  command: [sh, -c, \"echo up; {Forever}\"]\n");
        using var host = Start();

        await host.UntilAsync("== APP - search == up");
        (await Eventually(async () => (await AppAsync())["lastExitCode"]?.GetValue<int>() == 127)).ShouldBeTrue();
        (await host.TerminateAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task a_stop_sends_SIGTERM_waits_for_the_apps_and_leaves_nothing()
    {
        folder.RunsScript("trap 'sleep 0.3; echo finished; exit 0' TERM; " + Forever);
        using var host = Start();
        await host.UntilAsync("Ready");
        var app = folder.Record.Apps[0].Group.ShouldNotBeNull();

        var stopped = await HostProcess.RunAsync(folder.Root, "stop");

        stopped.ShouldBe((0, "Stopped."));
        (await host.EndAsync()).ShouldBe(0);
        app.IsRunning.ShouldBeFalse();
        // The shell tells of its own sleep, which is in the group: once, for a second SIGTERM may mean haste to an app.
        folder.Read(".local/logs/orders.log").Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line != "Terminated").ShouldBe(["finished"]);
        folder.Read(".local/logs/orders.log").Split("Terminated").Length.ShouldBeLessThanOrEqualTo(2);
        folder.Has(".local/run.json").ShouldBeFalse();
    }

    [Fact]
    public async Task the_process_that_listens_is_told_from_the_shell_that_started_it()
    {
        folder.Write("inner/dapr.yaml", $"version: 1\napps:\n- appDirPath: ../services/search\n  command: [sh, -c, \"{Forever}\"]\n");
        var program = typeof(LocalRun).Assembly.Location;
        folder.RunsScript($"dotnet {program} --run-file {folder.Root}/inner --console-port $APP_PORT; true", $"  appPort: {Ports.OneFree(null)}\n");
        using var host = Start();
        await host.UntilAsync("Ready in");
        var app = folder.Record.Apps[0];

        (await HostProcess.RunAsync(folder.Root, "status", "--wait", "30")).Code.ShouldBe(0);

        app.Pid.ShouldNotBe(app.Group!.Pid);
        (await host.TerminateAsync()).ShouldBe(0);
        app.Process!.IsRunning.ShouldBeFalse();
    }

    private HostProcess Start() => HostProcess.Start(folder.Root, "--ports", "auto");

    private async Task<JsonNode> AppAsync()
    {
        using var http = new HttpClient();
        return (await http.GetFromJsonAsync<JsonObject>(folder.Record.Console + "/apps", Cancellation))!["apps"]![0]!;
    }

    private static async Task<bool> Eventually(Func<Task<bool>> holds)
    {
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        for (var left = 200; left > 0; left--)
        {
            if (await holds())
                return true;
            await tick.WaitForNextTickAsync(Cancellation);
        }
        return false;
    }
}
