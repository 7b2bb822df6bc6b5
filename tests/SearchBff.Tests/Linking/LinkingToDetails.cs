using Amazon.Runtime;
using CloudNative.SearchBff.Linking;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace CloudNative.SearchBff.Tests.Linking;

public sealed class LinkingToDetails
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>The example of https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html.</summary>
    [Fact]
    public async Task S11_presigns_as_in_the_published_example()
    {
        var links = Links(TimeSpan.FromDays(1));

        var address = await links.SignAsync(new Uri("https://examplebucket.s3.amazonaws.com/test.txt"), Token);

        address.ShouldContain("X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request");
        address.ShouldContain("X-Amz-Expires=86400");
        address.ShouldContain("X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404");
    }

    [Fact]
    public async Task S11_links_to_the_things_object_for_a_few_minutes()
    {
        var address = await Links(TimeSpan.FromMinutes(5)).LinkToAsync("33333333-2222-0000-1111-111111111111", new DefaultHttpContext().Request, Token);

        address.ShouldStartWith("https://examplebucket.s3.us-east-1.amazonaws.com/things/33333333-2222-0000-1111-111111111111?");
        address.ShouldContain("X-Amz-Expires=300&");
        address.ShouldContain("X-Amz-Date=20130524T000000Z");
    }

    [Fact]
    public async Task links_through_the_app_under_the_address_the_client_used()
    {
        var request = new DefaultHttpContext { Request = { Scheme = "https", Host = new HostString("search.example.com", 8443), PathBase = "/shop" } }.Request;

        (await new AppLinks().LinkToAsync("t1", request, Token)).ShouldBe("https://search.example.com:8443/shop/things/t1");
    }

    private static PresignedLinks Links(TimeSpan timeToLive) => new(
        Options.Create(new DetailLinkOptions { Bucket = "examplebucket", Region = "us-east-1", TimeToLive = timeToLive }),
        new BasicAWSCredentials("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
        new FakeTimeProvider(new DateTimeOffset(2013, 5, 24, 0, 0, 0, TimeSpan.Zero)));
}
