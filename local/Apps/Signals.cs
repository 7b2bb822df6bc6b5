using System.Runtime.InteropServices;

namespace CloudNative.Local.Apps;

/// <summary>Signals to processes and to groups of them. A process that is gone takes none, which is no error.</summary>
internal static class Signals
{
    public const int Kill = 9;
    public const int Terminate = 15;

    public static void Send(int pid, int signal) => _ = SendSignal(pid, signal);

    /// <summary>To everything the process started as well, where it leads a group of its own.</summary>
    public static void SendToGroup(int leader, int signal)
    {
        if (SendSignal(-leader, signal) != 0)
            Send(leader, signal);
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendSignal(int pid, int signal);
}
