using Brink.Objectives;
using Brink.Optimizers;

namespace Brink.Tests.Optimizers;

/// <summary>The effect of the preconditioner on the Hessian of a layer (Lange et al. 2022, section 3).</summary>
public sealed class BnpTheoryTests
{
    private const int Samples = 60, Inputs = 5;

    // The statistics of the batch, with a negligible floor.
    private static readonly BnpSettings Exact = new(Rho: 0, RelativeFloor: 0, AbsoluteFloor: 1e-30);

    [Fact]
    public void The_preconditioned_Hessian_of_a_linear_layer_has_the_correlation_matrix_and_one_as_blocks()
    {
        using var scope = NewDisposeScope();
        var (x, H, preconditioned) = Hessians(sigmoid: false);

        // Weights first, then the bias: mean squared error has the Hessian 2/N H^T H.
        var centred = x - x.mean([0]);
        var deviation = centred.square().mean([0]).sqrt();
        var normalised = centred / deviation;
        var expected = zeros(Inputs + 1, Inputs + 1, dtype: ScalarType.Float64);
        expected[..Inputs, ..Inputs] = normalised.t().mm(normalised) / Samples;
        expected[Inputs, Inputs] = 1;
        Assert.InRange((preconditioned - (2 * expected)).abs().max().ToDouble(), 0, 1e-12);
        var (before, after) = (ConditionNumber(H), ConditionNumber(preconditioned));
        Assert.True(before > 1e3 && after < 20, $"{before} {after}");
    }

    [Fact]
    public void The_preconditioned_Hessian_of_a_sigmoid_layer_is_that_of_normalised_inputs()
    {
        using var scope = NewDisposeScope();
        var (x, H, preconditioned) = Hessians(sigmoid: true);
        // At w = 0 the logistic loss has curvature 1/4 in every sample.
        var normalised = (x - x.mean([0])) / (x - x.mean([0])).square().mean([0]).sqrt();
        var rows = cat([normalised, ones(Samples, 1, dtype: ScalarType.Float64)], 1);
        Assert.InRange(Networks.Relative(preconditioned, rows.t().mm(rows) / (4 * Samples)), 0, 1e-12);
        Assert.True(ConditionNumber(preconditioned) < ConditionNumber(H) / 50);
    }

    [Theory]
    [InlineData(60)]
    [InlineData(2)]   // fewer samples than weights: q > 1
    public void Descent_in_z_where_w_is_P_z_is_preconditioned_descent_in_w(int samples)
    {
        using var scope = NewDisposeScope();
        var x = Skewed()[..samples];
        var y = Networks.Uniform(31, samples, 3);
        using var layer = nn.Linear(Inputs, 3, dtype: ScalarType.Float64);
        var parameters = new ModuleParameters(layer);
        // At rho = 0 the inputs' statistics are the same in each step: P is one matrix. For two samples q^2 is about 5/2.
        using var bnp = new Bnp(layer, new(Rho: 0));
        var w0 = parameters.Theta();
        using var optimizer = optim.SGD(layer.parameters(), 0.05);
        for (var step = 0; step < 20; step++)
        {
            optimizer.zero_grad();
            Loss(layer.call(x)).backward();
            bnp.Precondition();
            optimizer.step();
        }

        var mu = x.mean([0]);
        var variance = (x - mu).square().mean([0]);
        var deviation = (variance + (0.01 * variance.max()) + 0.0001).sqrt();
        var q = Math.Sqrt(Math.Max((double)Inputs / samples, 1));
        var W0 = w0[..(3 * Inputs)].view(3, Inputs);
        var b0 = w0[(3 * Inputs)..];
        // z from w: the inverse of P, by hand.
        var Z = (W0 * deviation * q).detach().requires_grad_();
        var c = ((b0 + W0.mv(mu)) * q).detach().requires_grad_();
        for (var step = 0; step < 20; step++)
        {
            var (W, b) = Mapped();
            Loss(x.mm(W.t()) + b).backward();
            using (no_grad())
            {
                Z.sub_(0.05 * Z.grad!);
                c.sub_(0.05 * c.grad!);
            }
            (Z.grad, c.grad) = (null, null);
        }
        var (endW, endB) = Mapped();
        Assert.InRange(Networks.Relative(parameters.Theta(), cat([endW.flatten(), endB])), 0, 1e-12);

        (Tensor W, Tensor B) Mapped()
        {
            var W = Z / deviation / q;
            return (W, (c / q) - W.mv(mu));
        }

        Tensor Loss(Tensor outputs) => (outputs - y).square().sum(1).mean();
    }

    [Fact]
    public void Bnp_trains_on_single_samples_faster_than_plain_descent_at_its_best_learning_rate()
    {
        using var scope = NewDisposeScope();
        var x = Skewed();
        var y = x.mm(Networks.Uniform(32, Inputs, 1)) + 0.3;
        var plain = new[] { 1e-4, 1e-3, 3e-3, 1e-2, 3e-2 }
            .Select(rate => Trained(rate, preconditioned: false))
            .Where(double.IsFinite)
            .Min();
        var preconditioned = Trained(0.05, preconditioned: true);
        Assert.True(preconditioned < plain / 10, $"{preconditioned} {plain}");

        double Trained(double rate, bool preconditioned)
        {
            using var layer = nn.Linear(Inputs, 1, dtype: ScalarType.Float64);
            using (no_grad())
            {
                layer.weight!.zero_();
                layer.bias!.zero_();
            }
            using var optimizer = optim.SGD(layer.parameters(), rate);
            using var bnp = preconditioned ? new Bnp(layer) : null;
            for (var step = 0; step < 1200; step++)
            {
                using var inner = NewDisposeScope();
                var i = step % Samples;
                optimizer.zero_grad();
                (layer.call(x[i..(i + 1)]) - y[i..(i + 1)]).square().sum().backward();
                bnp?.Precondition();
                optimizer.step();
            }
            return (layer.call(x) - y).square().mean().ToDouble();
        }
    }

    /// <summary>Inputs, Hessian [p,p] of a layer at w = 0 and that Hessian preconditioned.</summary>
    private static (Tensor X, Tensor H, Tensor Preconditioned) Hessians(bool sigmoid)
    {
        var x = Skewed();
        using var layer = nn.Linear(Inputs, 1, dtype: ScalarType.Float64);
        using var bnp = new Bnp(layer, Exact);
        var parameters = new ModuleParameters(layer);
        parameters.Set(zeros(Inputs + 1, dtype: ScalarType.Float64));
        var y = sigmoid ? Networks.Uniform(33, Samples, 1).sign() : Networks.Uniform(33, Samples, 1);
        var loss = parameters.MeanLoss(layer.call, sigmoid ? EmpiricalLoss.Logistic : EmpiricalLoss.SquaredError, x, y, Samples);
        layer.call(x).sum().backward();
        bnp.Precondition();
        layer.zero_grad();
        using var root = bnp.Root();
        using var expansion = loss.ExpandAt(parameters.Theta());
        var identity = eye(Inputs + 1, dtype: ScalarType.Float64);
        return (x, expansion.Hessian().Times(identity), root.Of(expansion.Hessian()).Times(identity));
    }

    /// <summary>Features of very different means and scales, correlated a little.</summary>
    private static Tensor Skewed()
    {
        var x = Networks.Uniform(30, Samples, Inputs);
        return ((x + (0.3 * x.roll(1, 1))) * tensor(new[] { 1, 5, 0.1, 2, 0.5 })) + tensor(new[] { 1.0, -8, 0.3, 0, 2 });
    }

    private static double ConditionNumber(Tensor matrix)
    {
        var values = linalg.eigvalsh(matrix);
        return (values.max() / values.min()).ToDouble();
    }
}
