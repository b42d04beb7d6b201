using Brink.Objectives;
using Brink.Spectra;
using Brink.Taylor;
using Brink.Zoo.Datasets;
using Brink.Zoo.Models;

namespace Brink.Bench;

/// <summary>A network of the paper on the images that come with Brink, in one precision, with the same loss on both engines and a
/// point shortly before the edge of stability.</summary>
/// <param name="Name">Name of the model.</param>
/// <param name="Autograd">The loss, differentiated by libtorch with a retained graph.</param>
/// <param name="Taylor">The same loss by the engine of truncated polynomials.</param>
/// <param name="Single">The same in float32.</param>
/// <param name="Start">Parameters [p] after some steps of descent.</param>
/// <param name="LearningRate">Learning rate whose edge is slightly above the sharpness at the start.</param>
internal sealed record EdgeProblem(
    string Name, DifferentiableSum Autograd, TaylorLoss Taylor, TaylorLoss Single, Tensor Start, double LearningRate) : IDisposable
{
    // Descent at a third of the edge, before tracking begins.
    private const int Steps = 60;

    /// <param name="precision">Precision of all tensors.</param>
    /// <param name="classes">Number of classes of Fashion-MNIST, the first ones.</param>
    /// <param name="images">Number of images for the MLP; the other models, which cost more per image, take a tenth.</param>
    /// <param name="margin">2/eta over the sharpness at the start.</param>
    public static IEnumerable<EdgeProblem> All(ScalarType precision, int classes, int images, double margin)
    {
        var outputs = classes;
        yield return Of("mlp", new Mlp([784, 200, 200, outputs], Activation.Tanh), images, x => x.flatten(1));
        yield return Of("cnn", new Cnn(1, 28, outputs, Activation.Swish), images / 10, x => x);
        // An image pooled by 4 as a text: the tokens are its 49 grey levels, row by row.
        yield return Of("transformer", new Transformer(64, outputs, Activation.GeluTanh), images / 10, Tokens);

        EdgeProblem Of(string name, Model model, int samples, Func<Tensor, Tensor> shaped)
        {
            using var scope = NewDisposeScope();
            var (inputs, targets) = FashionMnist.Training().Take(samples, [.. Enumerable.Range(0, classes)]).Standardised(1, precision);
            var x = shaped(inputs).DetachFromDisposeScope();
            var y = targets.DetachFromDisposeScope();
            var autograd = EmpiricalLoss.Over(model.Dimension, model.Outputs, EmpiricalLoss.SquaredError, x, y, samples);
            var taylor = model.SquaredError(x, y);
            // Tokens are row indices in any precision.
            var x32 = (x.is_floating_point() ? x.to(ScalarType.Float32) : x).DetachFromDisposeScope();
            var single = model.SquaredError(x32, y.to(ScalarType.Float32).DetachFromDisposeScope());
            var (theta, sharpness) = Descended(taylor, model.Initial(0).to(precision));
            return new(name, autograd, taylor, single, theta.DetachFromDisposeScope(), 2 / (margin * sharpness));
        }
    }

    public void Dispose()
    {
        Taylor.Dispose();
        Single.Dispose();
        Start.Dispose();
    }

    private static Tensor Tokens(Tensor images)
    {
        using var scope = NewDisposeScope();
        var grey = nn.functional.avg_pool2d(images, 4).flatten(1);
        var level = (grey - grey.min()) / (grey.max() - grey.min());
        return scope.MoveToOuter((1 + (level * 62).round()).to(ScalarType.Int64));
    }

    private static (Tensor Theta, double Sharpness) Descended(IObjective objective, Tensor theta)
    {
        using var scope = NewDisposeScope();
        using var tracker = new EigenpairTracker(new(1, 1e-2, RefreshAfter: 8));
        var at = theta;
        for (var step = 0; ; step++)
        {
            using var expansion = objective.ExpandAt(at);
            var pairs = tracker.Track(expansion.Hessian(at));
            if (step == Steps) return (scope.MoveToOuter(at.clone()), pairs.Values[0]);
            at -= 2.0 / 3 / pairs.Values[0] * expansion.Gradient;
        }
    }
}
