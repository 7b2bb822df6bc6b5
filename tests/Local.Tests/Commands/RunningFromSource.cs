using System.Diagnostics;
using CloudNative.TestKit;

namespace CloudNative.Local.Commands;

public sealed class RunningFromSource
{
    private static readonly string Project = Path.Combine(Repository.Root, "local");

    [Fact]
    public async Task looks_for_the_run_file_where_the_command_is_given_not_in_the_project()
    {
        using var elsewhere = new Resources.ScratchFolder();
        var start = new ProcessStartInfo("dotnet", ["run", "--no-build", "--project", Project, "--", "--console-port", "0"])
        {
            WorkingDirectory = elsewhere.Root,
            RedirectStandardError = true,
        };

        using var run = Process.Start(start)!;
        var error = await run.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await run.WaitForExitAsync(TestContext.Current.CancellationToken);

        error.ShouldContain($"{Path.Combine(elsewhere.Root, "dapr.yaml")}: there is no such run file");
        run.ExitCode.ShouldBe(1);
    }
}
