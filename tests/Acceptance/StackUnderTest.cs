using CloudNative.TestKit;

[assembly: AssemblyFixture(typeof(CloudNative.Acceptance.StackUnderTest))]

namespace CloudNative.Acceptance;

/// <summary>
/// The stack that the black-box tests share: the one whose run.json the environment variable <c>STACK_RUN_JSON</c> names, else a
/// local runtime of their own.
/// </summary>
public sealed class StackUnderTest : IAsyncLifetime
{
    private LocalStack? _stack;

    public RunDocument Run { get; private set; } = null!;

    public HttpClient Http { get; } = new();

    public async ValueTask InitializeAsync()
    {
        if (Environment.GetEnvironmentVariable("STACK_RUN_JSON") is { Length: > 0 } path)
        {
            Run = RunDocument.Read(path);
            return;
        }

        _stack = await LocalStack.StartAsync([], TestContext.Current.CancellationToken);
        Run = _stack.Run;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (_stack is not null)
            await _stack.DisposeAsync();
    }
}
