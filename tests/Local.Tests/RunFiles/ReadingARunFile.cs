using CloudNative.Local.Resources;

namespace CloudNative.Local.RunFiles;

public sealed class ReadingARunFile : IDisposable
{
    private readonly ScratchFolder folder = new();

    public ReadingARunFile()
    {
        folder.Folder("services/orders");
        folder.Folder("services/search");
        folder.Folder("components");
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void merges_common_into_each_app_with_the_apps_own_values_first()
    {
        var apps = Read("""
            version: 1
            common:
              resourcesPaths: [./components]
              appProtocol: h2c
              maxBodySize: 16Mi
              env: {TEAM: blue, LEVEL: common}
            apps:
            - appID: orders-app
              appDirPath: ./services/orders
              appPort: 8001
              daprHTTPPort: 3501
              daprGRPCPort: 50101
              command: ["dotnet", "Orders.dll", "$OUTER", "&&"]
              env: {LEVEL: app, NUMBER: 12, FLAG: true, YES: yes, EMPTY: ""}
            - appDirPath: ./services/search
              appProtocol: http
            """).Apps;

        apps[0].Id.ShouldBe("orders-app");
        apps[0].Folder.ShouldBe(Path.Combine(folder.Root, "services/orders"));
        apps[0].Ports.ShouldBe(new RequestedPorts(8001, 3501, 50101, null));
        apps[0].Command.ShouldBe(["dotnet", "Orders.dll", "$OUTER", "&&"]);
        apps[0].Environment.ShouldBe(new Dictionary<string, string> { ["TEAM"] = "blue", ["LEVEL"] = "app", ["NUMBER"] = "12", ["FLAG"] = "true", ["YES"] = "yes", ["EMPTY"] = "" }, ignoreOrder: true);
        apps[0].Protocol.ShouldBe("h2c");
        apps[0].MaxBodySizeBytes.ShouldBe(16 << 20);
        apps[1].Id.ShouldBe("search");
        apps[1].Protocol.ShouldBe("http");
        apps[1].Ports.ShouldBe(new RequestedPorts(null, null, null, null));
        apps[1].Environment["LEVEL"].ShouldBe("common");
        apps[1].ResourceFolders.ShouldBe([Path.Combine(folder.Root, "components")]);
    }

    [Fact]
    public void takes_resources_from_the_first_place_that_has_any()
    {
        folder.Folder("services/orders/own");
        folder.Folder("services/orders/.dapr/resources");
        folder.Folder("home/.dapr/components");
        const string Shared = "version: 1\ncommon: {resourcesPaths: [./components]}\napps:\n- appDirPath: ./services/orders\n";

        Read(Shared + "  resourcesPaths: [./own]\n").Apps[0].ResourceFolders.ShouldBe([Path.Combine(folder.Root, "services/orders/own")]);
        Read(Shared).Apps[0].ResourceFolders.ShouldBe([Path.Combine(folder.Root, "services/orders/.dapr/resources")]);
        Read("version: 1\napps:\n- appDirPath: ./services/search\n").Apps[0].ResourceFolders.ShouldBe([Path.Combine(folder.Root, "home/.dapr/components")]);
    }

    [Fact]
    public void takes_both_keys_of_one_place()
    {
        folder.Folder("a");

        Read("version: 1\ncommon:\n  resourcesPath: ./a\n  resourcesPaths: [./components]\napps:\n- appDirPath: ./services/orders\n")
            .Apps[0].ResourceFolders.ShouldBe([Path.Combine(folder.Root, "a"), Path.Combine(folder.Root, "components")]);
    }

    [Theory]
    [InlineData("version: 1\nsomething: else\napps:\n- appDirPath: ./services/orders\n", 2, "there is no key 'something' here, it is passed over; known are apps, common")]
    [InlineData("version: 1\napps:\n- appDirPath: ./services/orders\n  appId: x\n", 4, "there is no key 'appId' here, it is passed over: did you mean 'appID'?")]
    [InlineData("version: 1\napps:\n- appDirPath: ./services/orders\n  daprHttpPort: 1\n", 4, "did you mean 'daprHTTPPort'?")]
    [InlineData("version: 1\ncommon: {resourcePaths: [./components]}\napps:\n- appDirPath: ./services/orders\n", 2, "did you mean 'resourcesPaths'?")]
    public void goes_on_without_a_misspelt_key_but_warns_of_file_line_and_key(string text, int line, string problem)
    {
        var file = Read(text);

        file.Warnings.ShouldHaveSingleItem().ShouldStartWith($"{Path.Combine(folder.Root, "dapr.yaml")}({line}): ");
        file.Warnings[0].ShouldContain(problem);
        file.Apps.ShouldHaveSingleItem().Id.ShouldBe("orders");
        file.Apps[0].Ports.ShouldBe(new RequestedPorts(null, null, null, null));
    }

    [Fact]
    public void has_no_warnings_where_every_key_is_known() =>
        Read("version: 1\nname: x\ncommon: {logLevel: warn}\napps:\n- appDirPath: ./services/orders\n  appSSL: no\n").Warnings.ShouldBeEmpty();

    [Theory]
    [InlineData("true", true)]
    [InlineData("Yes", true)]
    [InlineData("on", true)]
    [InlineData("off", false)]
    [InlineData("n", false)]
    public void takes_the_flags_of_YAML_1_1(string written, bool isOn) =>
        (Read($"version: 1\napps:\n- appDirPath: ./services/orders\n  enableAppHealthCheck: {written}\n").Apps[0].HealthCheck is not null).ShouldBe(isOn);

    [Theory]
    [InlineData("version: 1\napps:\n- appDirPath: ./services/orders\n  appPort: many\n", 4, "'appPort' must be a whole number")]
    [InlineData("version: 1\napps:\n- appDirPath: ./services/orders\n  appPort: \"8001\"\n", 4, "'appPort' must be a whole number")]
    [InlineData("version: 1\napps:\n- appDirPath: ./services/orders\n  appPort: 70000\n", 4, "70000 is no port")]
    [InlineData("version: 1\napps:\n- appDirPath: ./services/orders\n  command: python3 app.py\n", 4, "'command' must be a list of texts")]
    [InlineData("version: 1\napps:\n- appDirPath: ./services/nope\n", 3, "services/nope does not exist")]
    [InlineData("version: 1\napps:\n- appID: x\n", 3, "the required key 'appDirPath' is missing")]
    [InlineData("version: 1\ncommon: {resourcesPaths: [./nope]}\napps:\n- appDirPath: ./services/orders\n", 2, "nope does not exist")]
    [InlineData("version: 1\napps:\n- appDirPath: ./services/orders\n  appProtocol: smtp\n", 4, "appProtocol 'smtp' is unknown")]
    [InlineData("version: 1\napps:\n- appDirPath: ./services/orders\n  appLogDestination: nowhere\n", 4, "appLogDestination 'nowhere' is unknown")]
    [InlineData("version: 1\napps:\n- appDirPath: ./services/orders\n  daprdLogDestination: nowhere\n", 4, "daprdLogDestination 'nowhere' is unknown")]
    [InlineData("version: 1\napps:\n- appDirPath: ./services/orders\n  enableAppHealthCheck: maybe\n", 4, "'enableAppHealthCheck' must be true or false")]
    [InlineData("version: 1\ncommon: {resourcesPaths: [./nope]}\napps:\n- appDirPath: ./services/orders\n  resourcesPaths: [../../components]\n", 2, "nope does not exist")]
    [InlineData("version: 1\ncommon: {configFilePath: ./nope.yaml}\napps:\n- appDirPath: ./services/orders\n", 2, "nope.yaml does not exist")]
    [InlineData("version: 1\napps:\n- appDirPath: ./services/orders\n  runtimePath: ./nope\n", 4, "services/orders/nope does not exist")]
    [InlineData("version: 1\napps:\n- appDirPath: ./services/orders\n  daprHTTPPort: 3501\n  daprGRPCPort: 3501\n", 5, "daprGRPCPort 3501 of app 'orders' is already the daprHTTPPort of app 'orders'")]
    [InlineData("version: 1\napps:\n- appDirPath: ./services/orders\n  maxBodySize: big\n", 4, "maxBodySize 'big' is no size")]
    [InlineData("apps:\n- appDirPath: ./services/orders\n", 1, "the required key 'version' is missing")]
    [InlineData("version: 1\napps: []\n", 2, "there are no apps to run")]
    [InlineData("version: 1\napps: [oops\n", 3, "this is no YAML")]
    [InlineData("- 1\n", 1, "a run file consists of keys")]
    public void names_file_line_and_mistake(string text, int line, string problem)
    {
        var refusal = Should.Throw<RunFileException>(() => Read(text));

        refusal.Mistakes[0].ShouldStartWith($"{Path.Combine(folder.Root, "dapr.yaml")}({line}): ");
        refusal.Mistakes[0].ShouldContain(problem);
    }

    [Fact]
    public void tells_all_mistakes_at_once() =>
        Should.Throw<RunFileException>(() => Read("version: 1\ncommon: {appMaxConcurrency: few}\napps:\n- appDirPath: ./services/orders\n  appPort: many\n- appDirPath: ./services/search\n  command: run\n")).Mistakes.Count.ShouldBe(3);

    [Theory]
    [InlineData("  appID: same\n", "  appID: same\n", "app id 'same' is given twice")]
    [InlineData("  appPort: 8001\n", "  appPort: 8001\n", "appPort 8001 of app 'search' is already the appPort of app 'orders'")]
    [InlineData("  appPort: 8001\n", "  daprHTTPPort: 8001\n", "daprHTTPPort 8001 of app 'search' is already the appPort of app 'orders'")]
    public void refuses_an_id_or_a_port_given_twice(string first, string second, string problem) =>
        Should.Throw<RunFileException>(() => Read($"version: 1\napps:\n- appDirPath: ./services/orders\n{first}- appDirPath: ./services/search\n{second}"))
            .Mistakes.ShouldHaveSingleItem().ShouldContain(problem);

    [Fact]
    public void leaves_a_port_that_two_sidecars_are_given_to_whoever_starts_them() =>
        Read("version: 1\napps:\n- appDirPath: ./services/orders\n  daprHTTPPort: 3501\n- appDirPath: ./services/search\n  daprGRPCPort: 3501\n").Apps.Count.ShouldBe(2);

    [Fact]
    public void refuses_a_file_that_is_not_there() =>
        Should.Throw<RunFileException>(() => RunFileReader.Read(Path.Combine(folder.Root, "other.yaml"), folder.Root)).Message.ShouldContain("other.yaml: there is no such run file");

    private RunFile Read(string text) => RunFileReader.Read(Path.GetDirectoryName(folder.Write("dapr.yaml", text))!, Path.Combine(folder.Root, "home"));
}
