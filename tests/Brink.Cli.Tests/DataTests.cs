using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Brink.Cli.Tests;

public class DataTests
{
    [Fact]
    public void Data_sets_are_listed_with_their_location_and_licence()
    {
        using var brink = new BrinkProgram();
        var (lists, home) = (brink.Run(In(brink), "data", "list", "--json").Json, brink.Path("data"));
        Assert.Equal(home, lists.GetProperty("folder").GetString());
        var sets = lists.GetProperty("sets").EnumerateArray().ToDictionary(set => set.GetProperty("set").GetString()!);
        Assert.Equal(["cifar10", "fashion-mnist", "mnist", "sst2"], sets.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(("embedded", "absent"), (State("fashion-mnist"), State("cifar10")));
        Assert.Equal(6 * 30_730_000, sets["cifar10"].GetProperty("bytes").GetInt64());
        Assert.Equal(JsonValueKind.Null, sets["sst2"].GetProperty("path").ValueKind);
        Assert.Contains("MIT licence", brink.Run(In(brink), "data", "list").Output, StringComparison.Ordinal);

        // A complete set is listed, located, and used by an experiment.
        Directory.CreateDirectory(brink.Path("data/sst2"));
        File.WriteAllText(brink.Path("data/sst2/train.tsv"), "sentence\tlabel\ngood\t1\nbad\t0\n");
        File.WriteAllText(brink.Path("data/sst2/dev.tsv"), "sentence\tlabel\nfine\t1\n");
        Assert.Equal(brink.Path("data/sst2") + "\n", brink.Run(In(brink), "data", "path", "sst2").Output);
        Assert.Equal(brink.Path("data/sst2"), brink.Run(In(brink), "data", "path", "sst2", "--json").Json.GetProperty("path").GetString());
        var list = brink.Run(In(brink), "data", "list", "--json").Json.GetProperty("sets").EnumerateArray();
        Assert.Equal("present", list.Single(set => set.GetProperty("set").GetString() == "sst2").GetProperty("state").GetString());
        var tiny = brink.Run(In(brink), "audit", "smoke", "--set", "data={ set: sst2, samples: 4 }", "--set", "model.kind=transformer");
        Assert.Contains("4 samples need 2 of class 0; the set has 1 of that class", tiny.ErrorLine, StringComparison.Ordinal);

        string State(string set) => sets[set].GetProperty("state").GetString()!;
    }

    [Theory]
    [InlineData("no such data set; did you mean 'cifar10'?", "data", "path", "cifar1")]
    [InlineData("cifar10: not in ", "data", "path", "cifar10")]
    [InlineData("download it with 'brink data get cifar10'", "data", "path", "cifar10")]
    [InlineData("nowhere: there is no such file or folder", "data", "add", "cifar10", "nowhere")]
    [InlineData(
        "the file mine.bin of 3,073 bytes is not a part of cifar10; the published archives are cifar-10-binary.tar.gz",
        "data", "add", "cifar10", "mine.bin")]
    [InlineData("or use the data as they are with --set data.path=mine.bin", "data", "add", "cifar10", "mine.bin")]
    [InlineData("the folder has neither train.tsv nor SST-2.zip", "data", "add", "sst2", ".")]
    [InlineData("data/mnist: already exists; use --force to replace it", "data", "add", "mnist", ".")]
    [InlineData("neither train-images-idx3-ubyte nor train-images-idx3-ubyte.gz", "data", "add", "mnist", ".", "--force")]
    [InlineData("not a URL that begins with http", "data", "get", "cifar10", "--from", "ftp://somewhere")]
    [InlineData("no such command", "data", "fetch")]
    [InlineData("or name them with --set data.path=PATH", "run", "smoke", "--set", "data.set=cifar10")]
    [InlineData("model.kind: mlp reads images", "audit", "smoke", "--set", "data={ set: sst2, path: two.tsv, samples: 2 }")]
    public void Wrong_input_is_reported_in_one_line_with_exit_code_2(string message, params string[] arguments)
    {
        using var brink = new BrinkProgram();
        File.WriteAllBytes(brink.Path("mine.bin"), new byte[3073]);
        File.WriteAllText(brink.Path("two.tsv"), "sentence\tlabel\ngood\t1\nbad\t0\n");
        Directory.CreateDirectory(brink.Path("data/mnist"));
        var result = brink.Run(In(brink), arguments);
        Assert.Contains(message, result.ErrorLine, StringComparison.Ordinal);
        Assert.Equal((2, ""), (result.Code, result.Output));
    }

    [Fact]
    public void The_data_folder_follows_XDG_if_BRINK_DATA_is_not_set()
    {
        using var brink = new BrinkProgram();
        string Folder(params (string, string)[] environment) =>
            brink.Run(environment, "data", "list", "--json").Json.GetProperty("folder").GetString()!;
        Assert.Equal(brink.Path("xdg/brink"), Folder(("BRINK_DATA", ""), ("XDG_DATA_HOME", brink.Path("xdg"))));
        Assert.Equal(
            brink.Path("home/.local/share/brink"), Folder(("BRINK_DATA", ""), ("XDG_DATA_HOME", ""), ("HOME", brink.Path("home"))));
    }

    [Fact]
    public void A_failed_download_is_reported_in_one_line_with_exit_code_1()
    {
        using var brink = new BrinkProgram();
        using var listener = Listening(out var url);
        new Thread(() => AnswerTwice(listener)).Start();
        var missing = brink.Run(In(brink), "data", "get", "sst2", "--from", url);
        Assert.Equal((1, ""), (missing.Code, missing.Output));
        Assert.Contains($"{url}SST-2.zip: the server answered 404", missing.ErrorLine, StringComparison.Ordinal);
        var damaged = brink.Run(In(brink), "data", "get", "sst2", "--from", url, "--json");
        Assert.Equal((1, ""), (damaged.Code, damaged.Output));
        Assert.Contains("that of the published archive 9f81648d4199384278b86e315dac217c", damaged.ErrorLine, StringComparison.Ordinal);

        static void AnswerTwice(HttpListener listener)
        {
            var first = listener.GetContext().Response;
            first.StatusCode = 404;
            first.Close();
            var second = listener.GetContext().Response;
            second.OutputStream.Write("not it"u8);
            second.Close();
        }
    }

    [Fact]
    public void An_interrupted_download_keeps_its_partial_file_and_says_so()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "signals are sent with kill");
        using var brink = new BrinkProgram();
        using var listener = Listening(out var url);
        new Thread(() =>
        {
            var response = listener.GetContext().Response;   // never ends
            response.ContentLength64 = 1000;
            response.OutputStream.Write(new byte[100]);
            response.OutputStream.Flush();
        }).Start();
        using var process = brink.Start(In(brink), "data", "get", "sst2", "--from", url);
        var part = brink.Path("data/.sst2.partial/SST-2.zip.part");
        process.Await(() => File.Exists(part));
        Thread.Sleep(200);
        process.Send("INT");
        var ended = BrinkProgram.Ended(process);
        Assert.Equal("brink: sst2: interrupted; the partial download is kept, and the same command continues it\n", ended.Error);
        Assert.Equal((1, 100), (ended.Code, new FileInfo(part).Length));
    }

    private static (string, string)[] In(BrinkProgram brink) => [("BRINK_DATA", brink.Path("data"))];

    private static HttpListener Listening(out string url)
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        url = $"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/";
        probe.Stop();
        var listener = new HttpListener();
        listener.Prefixes.Add(url);
        listener.Start();
        return listener;
    }
}
