using System.Net;
using System.Net.Sockets;
using CloudNative.Local.RunFiles;

namespace CloudNative.Local.Commands;

public sealed class SharingOneMachine : IAsyncDisposable
{
    private const string Forever = "while :; do sleep 0.05; done";
    private readonly RunFolder folder = new();

    public SharingOneMachine() => folder.RunsScript("echo started; " + Forever);

    public ValueTask DisposeAsync() => folder.DisposeAsync();

    [Fact]
    public async Task two_hosts_cannot_have_one_data_folder()
    {
        using var first = Start();
        await first.UntilAsync("Ready");

        var (code, output) = await HostProcess.RunAsync(folder.Root, "--ports", "auto");

        code.ShouldBe(1);
        output.ShouldContain($"The data folder {folder.Data} belongs to process {first.Pid}");
        folder.Record.Host.Pid.ShouldBe(first.Pid);
        folder.Record.Apps[0].Group!.IsRunning.ShouldBeTrue();
    }

    [Fact]
    public async Task two_hosts_run_beside_each_other_on_folders_of_their_own()
    {
        using var first = Start();
        using var second = HostProcess.Start(folder.Root, "--ports", "auto", "--data", Path.Combine(folder.Root, "other"));

        await first.UntilAsync("Ready");
        await second.UntilAsync("Ready");

        (await second.TerminateAsync()).ShouldBe(0);
        folder.Record.Apps[0].Group!.IsRunning.ShouldBeTrue();
    }

    [Fact]
    public async Task what_a_killed_host_left_behind_is_ended_by_the_next_start_on_the_same_ports()
    {
        using var first = Start();
        await first.UntilAsync("Ready");
        var before = folder.Record;
        await first.KillAsync();
        before.Apps[0].Group!.IsRunning.ShouldBeTrue();

        using var second = Start();
        await second.UntilAsync("Ended 1 app that a killed host had left behind");
        await second.UntilAsync("Ready");

        before.Apps[0].Group!.IsRunning.ShouldBeFalse();
        folder.Record.Apps[0].Http.ShouldBe(before.Apps[0].Http);
        folder.Record.Console.ShouldBe(before.Console);
    }

    [Fact]
    public async Task a_process_that_only_has_the_number_of_a_left_behind_one_is_spared()
    {
        using var bystander = System.Diagnostics.Process.Start("sleep", ["60"]);
        var earlier = Apps.ProcessIdentity.Of(bystander.Id)!.StartedAt.AddMinutes(-5);
        Directory.CreateDirectory(folder.Data);
        new RunRecord(new Apps.ProcessIdentity(int.MaxValue, earlier), "http://127.0.0.1:1", [new RunRecordApp(
            "orders", bystander.Id, earlier, new Apps.ProcessIdentity(bystander.Id, earlier), null, "http://127.0.0.1:2", "http://127.0.0.1:3", Apps.AppState.Running, 0)]).Write(folder.Data);

        (await HostProcess.RunAsync(folder.Root, "stop")).ShouldBe((0, $"Nothing runs on {folder.Data}."));

        bystander.HasExited.ShouldBeFalse();
        bystander.Kill();
    }

    [Fact]
    public async Task stop_ends_what_a_killed_host_left_behind()
    {
        using var host = Start();
        await host.UntilAsync("Ready");
        var app = folder.Record.Apps[0].Group!;
        await host.KillAsync();

        (await HostProcess.RunAsync(folder.Root, "stop")).Code.ShouldBe(0);

        app.IsRunning.ShouldBeFalse();
    }

    [Fact]
    public async Task a_port_in_use_is_named_and_nothing_is_started()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        folder.RunsScript("touch ran; " + Forever, $"  daprHTTPPort: {port}\n");

        var (code, output) = await HostProcess.RunAsync(folder.Root, "--console-port", Ports.OneFree(null).ToString());

        code.ShouldBe(1);
        output.ShouldContain($"app 'orders': daprHTTPPort {port} is in use by process {Environment.ProcessId}");
        folder.Has("services/orders/ran").ShouldBeFalse();
    }

    [Fact]
    public async Task an_attached_app_is_left_to_the_user_and_its_environment_is_told()
    {
        var port = Ports.OneFree(null);
        folder.RunsScript("touch ran", $"  appPort: {port}\n");
        using var host = HostProcess.Start(folder.Root, "--attach", "orders", "--console-port", Ports.OneFree(null).ToString());

        (await host.UntilAsync("Waiting for orders")).ShouldContain($"APP_PORT={port}");
        (await HostProcess.RunAsync(folder.Root, "status")).Code.ShouldBe(1);
        await using var app = new SmallApp(port);
        await app.StartAsync();
        await host.UntilAsync("Ready");

        (await HostProcess.RunAsync(folder.Root, "status")).Code.ShouldBe(0);
        (await host.TerminateAsync()).ShouldBe(0);
        folder.Has("services/orders/ran").ShouldBeFalse();
    }

    [Fact]
    public async Task only_leaves_the_others_out()
    {
        folder.RunsScript("touch ran; " + Forever, $"- appID: search\n  appDirPath: ./services/search\n  command: [sh, -c, \"{Forever}\"]\n");
        using var host = HostProcess.Start(folder.Root, "--ports", "auto", "--only", "search");
        await host.UntilAsync("Ready");

        folder.Record.Apps.ShouldHaveSingleItem().Id.ShouldBe("search");
        folder.Has("services/orders/ran").ShouldBeFalse();
    }

    [Fact]
    public async Task reset_spares_the_data_of_a_living_host_and_empties_the_folder_afterwards()
    {
        using var host = Start();
        await host.UntilAsync("Ready");

        var refused = await HostProcess.RunAsync(folder.Root, "reset");
        await host.TerminateAsync();
        var done = await HostProcess.RunAsync(folder.Root, "reset");

        refused.Code.ShouldBe(1);
        refused.Output.ShouldContain($"process {host.Pid}");
        done.Code.ShouldBe(0);
        folder.Has(".local/logs/orders.log").ShouldBeFalse();
    }

    [Fact]
    public async Task a_component_that_cannot_start_stops_everything_with_its_file_named()
    {
        folder.Write("components/x.yaml", "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: {name: x}\nspec: {type: state.nosuch, version: v1}\n");

        var (code, output) = await HostProcess.RunAsync(folder.Root, "--ports", "auto");

        code.ShouldBe(1);
        output.ShouldContain("component x (state.nosuch/v1)");
        output.ShouldContain("x.yaml");
        RunRecord.Read(folder.Data).ShouldBeNull();
    }

    [Fact]
    public async Task what_daprd_and_the_cli_pass_over_is_a_warning_with_its_file_named()
    {
        folder.Write("components/x.yaml", "kind: Component\n  metadata: [oops\n");
        folder.RunsScript(Forever, "  daprHttpPort: 1\n");
        using var host = Start();

        await host.UntilAsync($"Warning: {folder.Root}/dapr.yaml(7): there is no key 'daprHttpPort' here");
        await host.UntilAsync($"Warning: {folder.Root}/components/x.yaml(2): this is no YAML");
        await host.UntilAsync("Ready");
        (await host.TerminateAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task a_port_that_two_sidecars_are_given_ends_the_run_when_the_second_ones_turn_comes()
    {
        var port = Ports.OneFree(null);
        folder.RunsScript("trap 'echo ended; exit 0' TERM; echo ran; " + Forever, $"  daprHTTPPort: {port}\n- appID: search\n  appDirPath: ./services/search\n  daprHTTPPort: {port}\n  command: [sh, -c, \"touch ran\"]\n");

        var (code, output) = await HostProcess.RunAsync(folder.Root, "--console-port", "0");

        code.ShouldBe(1);
        output.ShouldContain($"app 'search': daprHTTPPort {port} is already the daprHTTPPort of app 'orders'");
        folder.Read(".local/logs/orders.log").Split('\n').ShouldContain("ended");
        folder.Has("services/search/ran").ShouldBeFalse();
        RunRecord.Read(folder.Data).ShouldBeNull();
    }

    [Fact]
    public async Task an_attached_app_gets_a_free_port_with_the_others_which_is_told_and_recorded()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        folder.RunsScript("touch ran", $"  appPort: {((IPEndPoint)taken.LocalEndpoint).Port}\n");
        using var host = HostProcess.Start(folder.Root, "--ports", "auto", "--attach", "orders");

        var row = await host.UntilAsync("orders  ");
        var told = await host.UntilAsync("Waiting for orders");
        var address = new Uri(folder.Record.Apps[0].Address.ShouldNotBeNull());

        row.ShouldContain($"  {address.OriginalString}  ");
        told.ShouldContain($"APP_PORT={address.Port} ");
        await using var app = new SmallApp(address.Port);
        await app.StartAsync();
        await host.UntilAsync("Ready");
        (await host.TerminateAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task publish_says_why_it_cannot()
    {
        (await HostProcess.RunAsync(folder.Root, "publish", "{}")).ShouldBe((1, $"No host runs on {folder.Data}: start one, or name its folder with --data."));
        (await HostProcess.RunAsync(folder.Root, "publish", "{oops")).Output.ShouldContain("no JSON");
    }

    private HostProcess Start() => HostProcess.Start(folder.Root, "--ports", "auto");
}
