using Brink.Games;
using Brink.Zoo.Games;

namespace Brink.Lab;

/// <summary>GANs of several seeds on one mixture of Gaussians, trained together by a rule from the same weights on the same
/// samples.</summary>
/// <param name="Data">Name of the mixture.</param>
/// <param name="Width">Hidden units per layer of both networks.</param>
/// <param name="Depth">Hidden layers of both networks.</param>
/// <param name="Latent">Inputs of the generator.</param>
/// <param name="Batch">Samples per step.</param>
/// <param name="Steps">Steps of a training: the horizon of every schedule.</param>
/// <param name="Seeds">Number of seeds.</param>
/// <param name="FirstSeed">The first of them.</param>
public sealed record GanTrial(
    string Data = "grid",
    int Width = 32,
    int Depth = 2,
    int Latent = 8,
    int Batch = 64,
    int Steps = 1000,
    int Seeds = 20,
    long FirstSeed = 1)
{
    /// <summary>Samples of a measurement.</summary>
    internal const int Measured = 2048;

    // The discriminator sees coordinates of about 3.
    private const double InputScale = 3;

    internal Mixture Mixture => Mixture.All.FirstOrDefault(one => one.Name == Data) ?? throw new ExperimentException(
        $"data: '{Data}' is unknown{Nearest.Hint(Data, Mixture.All.Select(one => one.Name))}");

    internal DenseGanShape Shape => new(Latent, Width, Depth, InputScale: InputScale);

    /// <exception cref="ExperimentException">A value is invalid, or the GANs need more memory than the machine has.</exception>
    public GanTrial Checked()
    {
        _ = Mixture;
        foreach (var (name, value) in new[]
        {
            ("width", Width), ("depth", Depth), ("latent", Latent), ("batch", Batch), ("steps", Steps), ("seeds", Seeds),
        })
        {
            Study.AtLeast(name, value, 1);
        }
        MachineMemory.Require(
            new GanSize(Width, Depth, Latent, Batch, Seeds).Bytes(1),
            $"width: {Width}, depth: {Depth}, latent: {Latent}, batch: {Batch}, seeds: {Seeds}",
            "reduce any of them");
        return this;
    }

    /// <summary>Returns the GANs of some seeds.</summary>
    internal MixtureGans Gans(IReadOnlyList<long> seeds) => new(Shape, Mixture, Batch, seeds);

    /// <summary>Trains the GANs.</summary>
    /// <param name="rule">The solver of a step, by the share of the steps before it.</param>
    /// <param name="watch">Called with the step and w [B,p] before each step, and at the end.</param>
    internal void Play(Func<double, IGameSolver> rule, Action<MixtureGans, int, Tensor> watch)
    {
        var gans = Gans([.. Enumerable.Range(0, Seeds).Select(i => FirstSeed + i)]);
        Play(gans, rule, Steps, (step, w) => watch(gans, step, w));
    }

    /// <summary>Trains GANs with a solver, and measures their samples at the end.</summary>
    internal static IReadOnlyList<GanMeasurement> Trained(MixtureGans gans, IGameSolver solver, int steps)
    {
        IReadOnlyList<GanMeasurement> found = [];
        Play(gans, _ => solver, steps, (step, w) =>
        {
            if (step == steps) found = Measure(gans, w);
        });
        return found;
    }

    /// <summary>Measures the samples of each GAN at w [B,p].</summary>
    internal static IReadOnlyList<GanMeasurement> Measure(MixtureGans gans, Tensor w)
    {
        using var scope = NewDisposeScope();
        var points = gans.Samples(w, Measured).data<float>().ToArray();
        return [.. points.Chunk(2 * Measured).Select(samples => Measure(gans.Data, samples))];
    }

    /// <summary>Measures samples, pairs of coordinates.</summary>
    internal static GanMeasurement Measure(Mixture data, float[] samples)
    {
        var (modes, share) = data.Assess(samples);
        return new(modes, share, new MixtureDistance(data).Of(samples));
    }

    private static void Play(MixtureGans gans, Func<double, IGameSolver> rule, int steps, Action<int, Tensor> watch)
    {
        using var scope = NewDisposeScope();
        var state = rule(0).Start(gans.At(0), gans.Start());
        for (var step = 0; step < steps; step++)
        {
            using var inner = NewDisposeScope();
            watch(step, state.W);
            var next = rule((double)step / steps).Step(gans.At(step), state);
            state.Dispose();
            inner.MoveToOuter(next.W);
            foreach (var memory in next.Memory) inner.MoveToOuter(memory);
            state = next;
        }
        watch(steps, state.W);
    }

    /// <summary>Measures samples of the data, and as many that are spread evenly over the square that the data reach.</summary>
    public (GanMeasurement Data, GanMeasurement Even) References()
    {
        var (data, even) = (new float[2 * Measured], new float[2 * Measured]);
        var noise = new CountedNoise(0, 0);
        Mixture.Fill(data, ref noise);
        for (var i = 0; i < even.Length; i++) even[i] = (float)(Mixture.Reach * ((2 * noise.Uniform()) - 1));
        return (Measure(Mixture, data), Measure(Mixture, even));
    }
}
