using System.IO.Compression;
using Brink.Zoo.Datasets;
using Brink.Zoo.Models;

namespace Brink.Lab.Tests;

public class DatasetTests
{
    [Fact]
    public void The_embedded_subset_is_balanced_in_every_prefix_of_tens()
    {
        foreach (var (images, count) in new[] { (FashionMnist.Training(), 5000), (FashionMnist.Test(), 1000) })
        {
            Assert.Equal((count, 1, 28, 28), (images.Count, images.Channels, images.Height, images.Width));
            foreach (var prefix in new[] { 10, 70, count })
                Assert.All(images.Labels.Take(prefix).CountBy(label => label), pair => Assert.Equal(prefix / 10, pair.Value));
            Assert.Equal(10, images.Labels.Distinct().Count());
        }
        Assert.Contains(
            "MIT",
            new StreamReader(typeof(FashionMnist).Assembly.GetManifestResourceStream("fashion-mnist.LICENSE")!).ReadToEnd(),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Taken_classes_are_renumbered_in_the_order_given()
    {
        var all = FashionMnist.Training();
        var taken = all.Take(100, [7, 2]);
        Assert.Equal(2, taken.Classes);
        var sevens = Enumerable.Range(0, all.Count).Where(i => all.Labels[i] is 7 or 2).Take(100).ToArray();
        Assert.Equal(sevens.Select(i => (byte)(all.Labels[i] == 7 ? 0 : 1)), taken.Labels);
        Assert.Equal(all.Pixels.AsSpan(sevens[99] * 784, 784).ToArray(), taken.Pixels.AsSpan(99 * 784, 784).ToArray());
        Assert.Contains(
            "1001 samples need 501 of class 7; the set has 500 of that class",
            Assert.Throws<InvalidDataException>(() => all.Take(1001, [7, 2])).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Some_classes_are_taken_in_equal_shares_and_all_classes_in_file_order()
    {
        byte[] labels = [1, 1, 1, 0, 2, 1, 0, 2, 0];
        var all = new LabelledImages(1, 1, 1, 3, [.. Enumerable.Range(0, 9).Select(i => (byte)i)], labels);
        // The first three samples of class 0 and the first two of class 1, in file order.
        var some = all.Take(5, [0, 1]);
        Assert.Equal(new byte[] { 0, 1, 3, 6, 8 }, some.Pixels);
        Assert.Equal(new byte[] { 1, 1, 0, 0, 0 }, some.Labels);
        var first = all.Take(5, [2, 1, 0]);
        Assert.Equal(new byte[] { 0, 1, 2, 3, 4 }, first.Pixels);
        Assert.Equal(new byte[] { 1, 1, 1, 2, 0 }, first.Labels);
        Assert.Contains(
            "10 samples were requested; the set has 9",
            Assert.Throws<InvalidDataException>(() => all.Take(10, [0, 1, 2])).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void The_data_of_the_quickstart_stay_the_same()
    {
        using var problem = new Problem(Presets.Named("quickstart").Experiment);
        Assert.Equal("248856a07e7b11cdbfc5026bf99d0bd58c9896244d68aafac9c3615fdf018be6", problem.DataChecksum);
    }

    [Fact]
    public void Standardised_inputs_have_mean_zero_and_deviation_one_and_pooling_averages()
    {
        using var scope = NewDisposeScope();
        var images = FashionMnist.Training().Take(50, [0, 1]);
        var (inputs, targets) = images.Standardised(2, ScalarType.Float64);
        Assert.Equal([50, 1, 14, 14], inputs.shape);
        Assert.Equal(0, inputs.mean().ToDouble(), 1e-12);
        Assert.Equal(1, inputs.square().mean().ToDouble(), 1e-12);
        Assert.Equal(targets.argmax(1).data<long>().Select(label => (byte)label), images.Labels);
        Assert.Equal(1, targets.sum(1).max().ToDouble());
        // Differences of pooled pixels equal differences of means of four pixels, up to a common scale.
        double Mean(int image, int row, int column) => Enumerable.Range(0, 4)
            .Average(i => images.Pixels[(image * 784) + ((row + (i / 2)) * 28) + column + (i % 2)]);
        var scale = (Mean(3, 10, 10) - Mean(3, 0, 0)) / (inputs[3, 0, 5, 5] - inputs[3, 0, 0, 0]).ToDouble();
        Assert.Equal(Mean(4, 12, 14) - Mean(4, 0, 0), scale * (inputs[4, 0, 6, 7] - inputs[4, 0, 0, 0]).ToDouble(), 1e-9);
    }

    [Fact]
    public void Full_files_are_read_from_a_folder_plain_or_gzip()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.Path("train-images-idx3-ubyte"), Idx3(3, 4, 4));
        using (var zip = new GZipStream(File.Create(folder.Path("train-labels-idx1-ubyte.gz")), CompressionLevel.Fastest))
            zip.Write([0, 0, 8, 1, 0, 0, 0, 3, 5, 6, 7]);
        var images = FashionMnist.Training(folder.Path(""));
        Assert.Equal(new byte[] { 5, 6, 7 }, images.Labels);
        Assert.Equal((3, 4, 4), (images.Count, images.Height, images.Width));
        Assert.Equal(47, images.Pixels[47]);
        Assert.Equal(images.Pixels, Mnist.Training(folder.Path("")).Pixels);
    }

    [Fact]
    public void Test_images_are_in_separate_files()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.Path("t10k-images-idx3-ubyte"), Idx3(2, 4, 4));
        File.WriteAllBytes(folder.Path("t10k-labels-idx1-ubyte"), [0, 0, 8, 1, 0, 0, 0, 2, 9, 8]);
        Assert.Equal(new byte[] { 9, 8 }, Mnist.Test(folder.Path("")).Labels);
        Assert.Equal(new byte[] { 9, 8 }, FashionMnist.Test(folder.Path("")).Labels);
        Assert.Contains(
            "no file train-images-idx3-ubyte",
            Assert.Throws<FileNotFoundException>(() => Mnist.Training(folder.Path(""))).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("missing", "no file train-labels-idx1-ubyte or train-labels-idx1-ubyte.gz")]
    [InlineData("truncated", "train-labels-idx1-ubyte: truncated: the data have 2 of 3 bytes")]
    [InlineData("cut in its head", "truncated or damaged")]
    [InlineData("longer", "more bytes than its sizes state")]
    [InlineData("another kind", "not an IDX file")]
    [InlineData("floats", "only unsigned bytes")]
    [InlineData("other count", "2 labels for 3 images")]
    [InlineData("label 10", "the label at 1 is 10; labels must be below 10")]
    [InlineData("damaged gzip", "train-labels-idx1-ubyte")]
    public void Faults_of_a_file_are_reported_with_its_name(string fault, string message)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.Path("train-images-idx3-ubyte"), Idx3(3, 4, 4));
        var labels = fault switch
        {
            "missing" => (byte[]?)null,
            "truncated" => [0, 0, 8, 1, 0, 0, 0, 3, 5, 6],
            "cut in its head" => [0, 0, 8, 1, 0],
            "longer" => [0, 0, 8, 1, 0, 0, 0, 3, 5, 6, 7, 8],
            "another kind" => "PNG and more"u8.ToArray(),
            "floats" => [0, 0, 13, 1, 0, 0, 0, 3, 5, 6, 7],
            "other count" => [0, 0, 8, 1, 0, 0, 0, 2, 5, 6],
            "label 10" => [0, 0, 8, 1, 0, 0, 0, 3, 5, 10, 7],
            _ => [0x1f, 0x8b, 8, 0, 1, 2, 3, 4, 5, 6, 7],
        };
        if (labels is not null) File.WriteAllBytes(folder.Path("train-labels-idx1-ubyte"), labels);
        var error = Assert.ThrowsAny<Exception>(() => FashionMnist.Training(folder.Path("")));
        Assert.True(error is InvalidDataException or IOException);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_number_of_parameters_and_the_initialisation_follow_the_formula()
    {
        using var scope = NewDisposeScope();
        var mlp = new Mlp([196, 100, 100, 2], Activation.Tanh);
        Assert.Equal((196 * 100) + 100 + (100 * 100) + 100 + (100 * 2) + 2, mlp.Dimension);
        Assert.Equal(656_810, new Mlp([3072, 200, 200, 10], Activation.Tanh).Dimension);
        var theta = mlp.Initial(0);
        var first = theta[..19600];
        Assert.InRange(first.abs().max().ToDouble(), 0.999 / 14, 1.0 / 14);
        Assert.Equal(1.0 / 14 / Math.Sqrt(3), first.square().mean().sqrt().ToDouble(), 5e-4);
        Assert.Equal(0, theta[19600..19700].abs().max().ToDouble());
        Assert.Equal(theta.data<double>().ToArray(), mlp.Initial(0).data<double>().ToArray());
        Assert.NotEqual(theta.data<double>().ToArray(), mlp.Initial(1).data<double>().ToArray());
    }

    [Fact]
    public void Outputs_equal_the_layers_computed_by_hand()
    {
        using var scope = NewDisposeScope();
        var mlp = new Mlp([2, 3, 1], Activation.Tanh);
        double[] theta = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 1, 2, 3, 0.7, -0.8, 0.9, -1];
        var output = mlp.Outputs(tensor(theta), tensor(new[,] { { 1.5, -2.0 } }));
        var byHand = -1.0;
        for (var i = 0; i < 3; i++) byHand += theta[9 + i] * Math.Tanh((theta[2 * i] * 1.5) - (theta[(2 * i) + 1] * 2) + theta[6 + i]);
        Assert.Equal(byHand, output.ToDouble(), 1e-14);
    }

    private static byte[] Idx3(int n, int height, int width) =>
    [
        0, 0, 8, 3, 0, 0, 0, (byte)n, 0, 0, 0, (byte)height, 0, 0, 0, (byte)width,
        .. Enumerable.Range(0, n * height * width).Select(i => (byte)i),
    ];
}
