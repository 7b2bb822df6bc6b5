using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using CloudNative.TestKit;

namespace CloudNative.Acceptance;

/// <summary>The README's curl lines of recipe 1, run by a shell as a newcomer would, against this stack's addresses.</summary>
[Collection("recipe 1")]
public sealed class ReadmeLines(StackUnderTest stack)
{
    private const string Mark = "--- next answer ---";

    [Fact]
    public async Task give_the_answers_that_the_readme_prints()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var readme = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "README.md"), cancellation);
        var lines = Block(readme, "## Recipe 1, line by line");
        lines.Count(line => line.StartsWith("curl", StringComparison.Ordinal)).ShouldBeGreaterThan(7);

        var answers = (await RunAsync(Script(lines), cancellation)).Split(Mark, StringSplitOptions.TrimEntries);

        var command = -1;
        foreach (var line in lines)
        {
            if (!line.StartsWith('#'))
                command++;
            else
                JsonNode.DeepEquals(JsonNode.Parse(answers[command]), JsonNode.Parse(line[1..])).ShouldBeTrue($"{line}\nanswered: {answers[command]}");
        }
    }

    private static List<string> Block(string readme, string heading)
    {
        var start = readme.IndexOf("```sh\n", readme.IndexOf(heading, StringComparison.Ordinal), StringComparison.Ordinal) + "```sh\n".Length;
        return [.. readme[start..readme.IndexOf("```", start, StringComparison.Ordinal)].Split('\n', StringSplitOptions.RemoveEmptyEntries)];
    }

    private string Script(IEnumerable<string> lines)
    {
        var script = new StringBuilder();
        foreach (var line in lines.Where(line => !line.StartsWith('#')))
            script.AppendLine(line).AppendLine($"echo '{Mark}'");
        return script.Replace("http://localhost:8001/", stack.Run["things-bff"].Address.ToString()).ToString();
    }

    private static async Task<string> RunAsync(string script, CancellationToken cancellationToken)
    {
        using var shell = Process.Start(new ProcessStartInfo("bash") { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        await shell.StandardInput.WriteAsync(script.AsMemory(), cancellationToken);
        shell.StandardInput.Close();
        return await shell.StandardOutput.ReadToEndAsync(cancellationToken);
    }
}
