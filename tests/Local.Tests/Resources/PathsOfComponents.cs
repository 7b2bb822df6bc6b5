namespace CloudNative.Local.Resources;

public sealed class PathsOfComponents
{
    private readonly ComponentPaths paths = new("/repo/services/Orders", "/repo/.local", "/tmp/data");

    [Theory]
    [InlineData("../../.local/orders.db", "/tmp/data/orders.db")]
    [InlineData("../../.local", "/tmp/data")]
    [InlineData("/repo/.local/deep/orders.db", "/tmp/data/deep/orders.db")]
    [InlineData("blobs", "/repo/services/Orders/blobs")]
    [InlineData("../../components/local/secrets.json", "/repo/components/local/secrets.json")]
    [InlineData("../../.local-other/x.db", "/repo/.local-other/x.db")]
    [InlineData("/etc/hosts", "/etc/hosts")]
    public void move_with_the_data_folder_only_inside_local(string written, string resolved) => paths.Resolve(written).ShouldBe(resolved);
}
