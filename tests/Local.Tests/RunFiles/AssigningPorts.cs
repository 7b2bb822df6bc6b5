using System.Net;
using System.Net.Sockets;
using CloudNative.Local.Apps;

namespace CloudNative.Local.RunFiles;

public sealed class AssigningPorts
{
    private static readonly AppDefinition Orders = new(
        "orders", "/", new RequestedPorts(null, null, null, null), "http", "", [], new Dictionary<string, string>(), [], null, 4 << 20, -1, null, LogDestination.FileAndConsole);

    [Fact]
    public void names_app_key_port_and_holder_of_a_port_in_use()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;

        var refusal = Should.Throw<RunFileException>(() => Ports.Assign([Orders with { Ports = new RequestedPorts(null, port, null, null) }], new HashSet<string>(), ListeningProcess.Describe));

        refusal.Message.ShouldContain($"app 'orders': daprHTTPPort {port} is in use by process {Environment.ProcessId}");
        refusal.Message.ShouldContain("--ports auto");
    }

    [Fact]
    public void lets_an_attached_app_listen_already()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;

        var assigned = Ports.Assign([Orders with { Ports = new RequestedPorts(port, null, null, null) }], new HashSet<string> { "orders" }, _ => null);

        assigned["orders"].App.ShouldBe(port);
    }

    [Fact]
    public void gives_different_free_ports_where_none_are_asked_for()
    {
        var assigned = Ports.Assign([Orders, Orders with { Id = "search" }], new HashSet<string>(), _ => null);

        var ports = assigned.Values.SelectMany(one => new[] { one.Http, one.Grpc, one.Metrics }).ToList();
        ports.Distinct().Count().ShouldBe(6);
        ports.ShouldAllBe(port => Ports.IsFree(port));
        assigned["orders"].App.ShouldBeNull();
    }

    [Fact]
    public void finds_the_first_app_whose_sidecar_is_given_the_port_of_another_one()
    {
        var first = Orders with { Ports = new RequestedPorts(8001, 3501, 50101, null) };
        var other = Orders with { Id = "lake", Ports = new RequestedPorts(8001, 3509, null, null) };
        var second = Orders with { Id = "search", Ports = new RequestedPorts(null, null, 3501, null) };

        Ports.FirstTwice([first, other]).ShouldBeNull();
        Ports.FirstTwice([first, other, second, second])
            .ShouldBe(new PortGivenTwice("search", "app 'search': daprGRPCPort 3501 is already the daprHTTPPort of app 'orders': give one of them another port"));
    }

    [Fact]
    public void gives_an_attached_app_a_free_port_once_and_for_all()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        var app = Orders with { Ports = new RequestedPorts(port, null, null, null) };
        var attached = new HashSet<string> { "orders" };

        var first = Ports.AssignFree([app], attached, null)["orders"].App.ShouldNotBeNull();
        using var running = new TcpListener(IPAddress.Loopback, first);
        running.Start();
        var last = new RunRecord(ProcessIdentity.Current, "http://127.0.0.1:1", [new RunRecordApp(
            "orders", null, null, null, $"http://127.0.0.1:{first}", "http://127.0.0.1:1", "http://127.0.0.1:2", AppState.Attached, 0)]);

        first.ShouldNotBe(port);
        Ports.AssignFree([app], attached, last)["orders"].App.ShouldBe(first);
    }

    [Fact]
    public void keeps_the_free_ports_of_the_last_run_on_the_same_data()
    {
        var app = Orders with { Ports = new RequestedPorts(8001, 3501, 50101, null) };
        var first = Ports.AssignFree([app], new HashSet<string>(), null)["orders"];
        var last = new RunRecord(ProcessIdentity.Current, "http://127.0.0.1:1", [new RunRecordApp(
            "orders", null, null, null, $"http://127.0.0.1:{first.App}", $"http://127.0.0.1:{first.Http}", $"http://127.0.0.1:{first.Grpc}", AppState.Running, 0)]);

        var second = Ports.AssignFree([app], new HashSet<string>(), last)["orders"];

        first.App.ShouldNotBe(8001);
        (second with { Metrics = 0 }).ShouldBe(first with { Metrics = 0 });
    }
}
