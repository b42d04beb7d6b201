"""Makes the TorchScript models and the samples of this folder, and prints the spectra of their Hessians by PyTorch's autograd,
which are the numbers in InspectTests.cs. Run in this folder with PyTorch 1.13 and NumPy."""
import numpy as np
import torch
import torch.nn as nn


class Mlp(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(6, 5)
        self.last = nn.Linear(5, 3)

    def forward(self, x):
        return self.last(torch.tanh(self.first(x)))


class Odd(nn.Module):
    """Tied weights, a frozen weight, an unused weight, batch norm and dropout."""

    def __init__(self):
        super().__init__()
        self.first = nn.Linear(6, 6)
        self.second = nn.Linear(6, 6)
        self.second.weight = self.first.weight
        self.frozen = nn.Linear(6, 4)
        self.frozen.weight.requires_grad_(False)
        self.unused = nn.Parameter(torch.ones(7))
        self.norm = nn.BatchNorm1d(4)
        self.drop = nn.Dropout(0.5)
        self.last = nn.Linear(4, 3)

    def forward(self, x):
        h = torch.tanh(self.second(torch.tanh(self.first(x))))
        return self.last(self.drop(self.norm(self.frozen(h))))


class Pair(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(6, 3)

    def forward(self, x):
        y = self.first(x)
        return y, y


class Once(nn.Module):
    """pdist has no second derivative."""

    def __init__(self):
        super().__init__()
        self.first = nn.Linear(6, 3)
        self.last = nn.Linear(3, 3)

    def forward(self, x):
        h = self.first(x)
        return self.last(h + torch.pdist(h, 2.5).sum())


class Nothing(nn.Module):
    def forward(self, x):
        return 2 * x


def eigenvalues(model, x, y, loss):
    seen, parameters = set(), []
    for parameter in model.parameters():
        if parameter.requires_grad and parameter.data_ptr() not in seen:
            seen.add(parameter.data_ptr())
            parameters.append(parameter)

    def flat(parts):
        return torch.cat([(torch.zeros_like(p) if g is None else g).flatten() for g, p in zip(parts, parameters)])

    value = loss(model(x))
    gradient = flat(torch.autograd.grad(value, parameters, create_graph=True, allow_unused=True))
    rows = [
        flat(torch.autograd.grad(g, parameters, retain_graph=True, allow_unused=True))
        if g.requires_grad else torch.zeros_like(gradient) for g in gradient
    ]
    hessian = torch.stack(rows)
    values = torch.linalg.eigvalsh((hessian + hessian.t()) / 2).flip(0)
    print(value.item(), values[:5].tolist(), values[-2:].flip(0).tolist(), hessian.trace().item(), len(gradient))


torch.manual_seed(0)
models = {'mlp': Mlp(), 'odd': Odd(), 'pair': Pair(), 'once': Once(), 'nothing': Nothing()}
for name, model in models.items():
    torch.jit.script(model).save(name + '.pt')
torch.save(models['mlp'].state_dict(), 'state.pt')
with torch.no_grad():
    models['mlp'].first.weight[1, 2] = float('nan')
torch.jit.script(models['mlp']).save('nan.pt')

random = np.random.default_rng(0)
x, y, c = random.standard_normal((23, 6)), random.standard_normal((23, 3)), random.integers(0, 3, 23)
np.savez('values.npz', x=x, y=y)
np.savez('classes.npz', x=x, y=c)
tx, ty, tc = torch.tensor(x), torch.tensor(y), torch.tensor(c)
for name in ['mlp', 'odd']:
    model = torch.jit.load(name + '.pt').double().eval()
    eigenvalues(model, tx, ty, lambda f: ((f - ty) ** 2).sum(1).mean())
    eigenvalues(model, tx, tc, lambda f: nn.functional.cross_entropy(f, tc))
